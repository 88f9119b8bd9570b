// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/cpu.hpp>
#define ACSL_TEST_BACKEND acsl::cpu

// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/cuda.cuh>
#define ACSL_TEST_BACKEND acsl::cuda

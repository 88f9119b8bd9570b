// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/cublas.cuh>
#define ACSL_TEST_BACKEND acsl::cublas_cuda

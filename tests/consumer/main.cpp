// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0

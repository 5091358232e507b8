// SPDX-License-Identifier: Apache-2.0
// Carries the precompiled header of the test programs; a precompiled header needs a source file to belong to.

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a program with as many processes of MPI, though there are fewer processors, and compares what it prints:
#   sh mpi_processes.sh <mpirun> <number of processes> <program> <expected output>
set -eu
# Open MPI has to be told that root may, and that processors may be shared.
OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 \
  "$1" -n "$2" "$3" | diff "$4" -

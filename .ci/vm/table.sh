# shellcheck shell=bash
# Reading the table `kernels`; sourced by the scripts beside it.

table=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/kernels

# The kernels' names, in the table's order.
kernel_names() {
    awk 'NF == 3 && $1 !~ /^#/ { print $1 }' "$table"
}

# Sets suite and lacks of a kernel; fails for an unknown one.
read_kernel() {
    local name
    # shellcheck disable=SC2034 # for the scripts that source this
    while read -r name suite lacks; do
        [ "$lacks" != - ] || lacks=
        [ "$name" != "$1" ] || return 0
    done < <(grep -E '^[0-9n]' "$table")
    return 1
}

# Every module that a test may need.
known_modules() {
    sed -n 's/^modules  *//p' "$table"
}

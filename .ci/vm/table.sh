# shellcheck shell=bash
# Reading the table `kernels`; sourced by the scripts beside it.

table=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/kernels

# The table's lines, without the words about them.
kernel_lines() {
    grep -vE '^(#|modules|$)' "$table"
}

# The kernels' names, in the table's order, a line each.
kernel_names() {
    kernel_lines | cut -d ' ' -f 1
}

# Sets suite, smp and lacks of a kernel; fails for an unknown one.
read_kernel() {
    local name
    # shellcheck disable=SC2034 # for the scripts that source this
    while read -r name suite smp lacks; do
        [ "$lacks" != - ] || lacks=
        [ "$name" != "$1" ] || return 0
    done < <(kernel_lines)
    return 1
}

# Every module that a test may need.
known_modules() {
    sed -n 's/^modules  *//p' "$table"
}

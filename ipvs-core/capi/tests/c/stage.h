/* Where a test happens. */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>

/* Whether this is a process that a test made, which ends where a check fails. */
extern bool in_a_child;

/* Opens the client that a test begins with: on this machine's kernel, or on a new fake one. */
void open_stage(bool real);
/* Frees what a test began with. */
void close_stage(void);

#endif

/* What the stories in C share: examples/src has it for those in Rust. */
#ifndef STORY_H
#define STORY_H

#include <ipvs.h>

/*
 * The story itself, which each of them has. `words` are the program's, its own name first, with
 * a NULL behind them. It returns whether it went well; if not, there is an error in *error, or
 * it has told of it by itself. That is one line for people on stderr, and exit status 1.
 */
bool play(char **words, ipvs_error **error);

/* Tells what else is wrong, and returns false. */
bool complain(const char *sentence);

/* Reads a number; what is none is told of, and false. */
bool read_number(const char *word, unsigned long *number);

/* The whole of a text file, to be freed; NULL, having told why, if it cannot be read. */
char *read_file(const char *path);

/* The table as `ipvsadm -Ln` lays it out: the line above the titles, the titles, and the
 * services, each with its dests below it. */
ipvs_status print_banner(const ipvs_snapshot *seen, ipvs_error **error);
void print_titles(void);
ipvs_status print_body(const ipvs_snapshot *seen, ipvs_error **error);

#endif

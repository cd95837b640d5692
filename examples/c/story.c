/* How a story begins and ends, and what it reads. */
#include "story.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **words)
{
    ipvs_error *error = NULL;
    bool well = play(words, &error);

    (void)count;
    if (error != NULL)
        complain(ipvs_error_message(error));
    ipvs_error_free(error);
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}

bool complain(const char *sentence)
{
    fprintf(stderr, "%s\n", sentence);
    return false;
}

bool read_number(const char *word, unsigned long *number)
{
    char *end;

    *number = strtoul(word, &end, 10);
    return (*word != '\0' && *end == '\0') || complain("that is no number");
}

char *read_file(const char *path)
{
    FILE *file = fopen(path, "r"), *memory;
    char *text = NULL;
    size_t length;
    int c;

    if (file != NULL && (memory = open_memstream(&text, &length)) != NULL) {
        while ((c = getc(file)) != EOF)
            putc(c, memory);
        fclose(memory);
    }
    if (file == NULL || text == NULL || ferror(file)) {
        complain(strerror(errno));
        free(text);
        text = NULL;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

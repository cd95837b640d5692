/*
 * Runs the tests of the groups below: suite [--kernel] [NAME...], with a name or the beginning of
 * one. Without --kernel each is on a fake kernel of its own, which takes no privilege; with it on
 * this machine's own, in a network namespace of its own, as root. It tells of them as cargo does.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <time.h>
#include "stage.h"
#include "suite.h"

/* In the order of the header's sections. */
#define GROUPS(group) \
    group(statuses) group(values) group(clients) group(services) group(dests) group(daemons) \
    group(timeouts) group(tables) group(snapshots) group(plans) group(applies) group(batches) \
    group(rules) group(drains) group(connections) group(sysctls) group(fakes) group(traffic) \
    group(faults) group(operations) group(threads)

#define DECLARE(group) extern const test group##_tests[];
GROUPS(DECLARE)

static const struct group {
    const char *name;
    const test *tests;
} groups[] = {
#define LIST(group) { #group, group##_tests },
    GROUPS(LIST)
};

static struct count {
    unsigned passed, failed, ignored, filtered;
} count;

static jmp_buf failure;

void suite_check(bool condition, const char *what, const char *file, int line)
{
    if (!condition) {
        fprintf(stderr, "%s:%d: %s\n", file, line, what);
        if (in_a_child)
            _Exit(1);
        longjmp(failure, 1);
    }
}

static bool passes(const test *test, bool real)
{
    if (setjmp(failure))
        return false;
    open_stage(real);
    test->body();
    close_stage();
    return true;
}

static void run(const char *group, const test *test, bool real)
{
    const char *excuse = real ? test->needs_fake : test->needs_kernel;
    printf("test %s::%s ... ", group, test->name);
    if (excuse) {
        count.ignored++;
        printf("ignored (%s)\n", excuse);
    } else if (passes(test, real)) {
        count.passed++;
        printf("ok\n");
    } else {
        count.failed++;
        printf("FAILED\n\nfailures:\n    %s::%s\n\n", group, test->name);
    }
    fflush(stdout);
}

static bool chosen(const char *group, const char *name, char **names)
{
    char whole[128];
    snprintf(whole, sizeof whole, "%s::%s", group, name);
    for (char **wanted = names; *wanted; wanted++)
        if (strncmp(whole, *wanted, strlen(*wanted)) == 0)
            return true;
    return !*names;
}

int main(int argc, char **argv)
{
    bool real = argc > 1 && strcmp(argv[1], "--kernel") == 0;
    char **names = argv + 1 + real;
    time_t start = time(NULL);
    /* Kernels before 5.16 don't load it by themselves. */
    if (real && system("modprobe ip_vs") != 0)
        return 1;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        for (const test *test = groups[i].tests; test->name; test++)
            if (chosen(groups[i].name, test->name, names))
                run(groups[i].name, test, real);
            else
                count.filtered++;
    printf("\ntest result: %s. %u passed; %u failed; %u ignored; 0 measured; %u filtered out; "
           "finished in %lds\n", count.failed ? "FAILED" : "ok", count.passed, count.failed,
           count.ignored, count.filtered, (long)(time(NULL) - start));
    return count.failed || !count.passed;
}

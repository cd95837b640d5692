/* Sysctls. */
#include <errno.h>
#include <fcntl.h>
#include "suite.h"

/* A sysctl's value, until the next one. */
static const char *value_of(const char *name)
{
    static char value[64];
    ipvs_text *text;
    DOES(ipvs_client_sysctl, client, name, &text);
    snprintf(value, sizeof value, "%s", ipvs_text_data(text));
    ipvs_text_free(text);
    return value;
}

static void reading_and_setting(void)
{
    SAME(value_of("expire_nodest_conn"), "0");
    DOES(ipvs_client_set_sysctl, client, "expire_nodest_conn", "1");
    SAME(value_of("net.ipv4.vs.expire_nodest_conn"), "1");
    SAME(value_of("sync_threshold"), "3 50");
    DOES(ipvs_client_set_sysctl, client, "net.ipv4.vs.sync_threshold", "4 60");
    SAME(value_of("sync_threshold"), "4 60");
}

static void names_and_values_that_are_none(void)
{
    ipvs_text *value = NOTHING;
    FAILS(IPVS_INVALID_INPUT, ipvs_client_sysctl, client, "nonesuch", &value);
    FAILS(IPVS_INVALID_INPUT, ipvs_client_sysctl, client, "../../../../hostname", &value);
    FAILS(IPVS_INVALID_INPUT, ipvs_client_sysctl, client, "", &value);
    NOT_TEXT(ipvs_client_sysctl, name, client, GARBAGE, &value);
    NULL_REFUSED(ipvs_client_sysctl, client, NULL, "conntrack", &value);
    NULL_REFUSED(ipvs_client_sysctl, name, client, NULL, &value);
    NULL_REFUSED(ipvs_client_sysctl, value, client, "conntrack", NULL);
    CHECK(value == NOTHING);

    FAILS(IPVS_INVALID_INPUT, ipvs_client_set_sysctl, client, "nonesuch", "1");
    FAILS(IPVS_INVALID_INPUT, ipvs_client_set_sysctl, client, "expire_nodest_conn", "7");
    SAME(last.object, "net.ipv4.vs.expire_nodest_conn");
    FAILS(IPVS_INVALID_INPUT, ipvs_client_set_sysctl, client, "expire_nodest_conn", "much");
    FAILS(IPVS_INVALID_INPUT, ipvs_client_set_sysctl, client, "expire_nodest_conn", "");
    NOT_TEXT(ipvs_client_set_sysctl, name, client, GARBAGE, "1");
    NOT_TEXT(ipvs_client_set_sysctl, value, client, "conntrack", GARBAGE);
    NULL_REFUSED(ipvs_client_set_sysctl, client, NULL, "conntrack", "1");
    NULL_REFUSED(ipvs_client_set_sysctl, name, client, NULL, "1");
    NULL_REFUSED(ipvs_client_set_sysctl, value, client, "conntrack", NULL);
    SAME(value_of("expire_nodest_conn"), "0");
}

/* Here the checks are the kernel's. */
static void what_the_kernel_refuses(void)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_client *lax;
    options.checks = IPVS_CHECKS_KERNEL;
    if (kernel)
        DOES(ipvs_fake_kernel_client, kernel, &options, &lax);
    else
        DOES(ipvs_client_open, &options, &lax);
    FAILS(IPVS_INVALID_INPUT, ipvs_client_set_sysctl, lax, "sync_threshold", "50 50");
    CHECK(last.error_number == EINVAL);
    ipvs_client_free(lax);
}

static void what_this_kernel_does_not_have(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    ipvs_fake_kernel *old;
    ipvs_client *its;
    ipvs_text *value = NOTHING;
    options.release = "5.10.200";
    DOES(ipvs_fake_kernel_new, &options, &old);
    DOES(ipvs_fake_kernel_client, old, NULL, &its);
    FAILS(IPVS_UNSUPPORTED, ipvs_client_sysctl, its, "est_cpulist", &value);
    FAILS(IPVS_UNSUPPORTED, ipvs_client_set_sysctl, its, "est_cpulist", "0");
    DOES(ipvs_fake_kernel_unload_module, old, "ip_vs", NULL);
    FAILS(IPVS_MODULE_MISSING, ipvs_client_sysctl, its, "conntrack", &value);
    FAILS(IPVS_MODULE_MISSING, ipvs_client_set_sysctl, its, "conntrack", "1");
    CHECK(value == NOTHING);
    ipvs_client_free(its);
    ipvs_fake_kernel_free(old);
}

static void files_that_cannot_be_opened(void)
{
    ipvs_text *value = NOTHING;
    const int32_t refusals[] = { EACCES, EPERM, EROFS };
    break_once(IPVS_FAULT_ERRNO, EACCES);
    FAILS(IPVS_PERMISSION_DENIED, ipvs_client_sysctl, client, "conntrack", &value);
    break_once(IPVS_FAULT_ERRNO, EMFILE);
    FAILS(IPVS_IO, ipvs_client_sysctl, client, "conntrack", &value);
    for (int i = 0; i < 3; i++) {
        break_once(IPVS_FAULT_ERRNO, refusals[i]);
        FAILS(IPVS_PERMISSION_DENIED, ipvs_client_set_sysctl, client, "conntrack", "1");
    }
    break_once(IPVS_FAULT_ERRNO, EMFILE);
    FAILS(IPVS_IO, ipvs_client_set_sysctl, client, "conntrack", "1");
    CHECK(value == NOTHING);
}

const test sysctls_tests[] = {
    EVERYWHERE(reading_and_setting),
    EVERYWHERE(names_and_values_that_are_none),
    EVERYWHERE(what_the_kernel_refuses),
    ON_THE_FAKE(what_this_kernel_does_not_have, "it takes a kernel of a certain release"),
    ON_THE_FAKE(files_that_cannot_be_opened, "it injects faults"),
    END
};

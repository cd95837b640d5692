/* The fake kernel: its options, its namespaces, its clock and its modules. */
#include "suite.h"

static void options_that_are_none(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT, wrong = options;
    ipvs_fake_kernel *made = NOTHING;
    NULL_REFUSED(ipvs_fake_kernel_new, kernel, NULL, NULL);
    wrong.flags = 8;
    REFUSED("flags", ipvs_fake_kernel_new, &wrong, &made);
    wrong = options;
    wrong.release = "six";
    FAILS(IPVS_INVALID_INPUT, ipvs_fake_kernel_new, &wrong, &made);
    wrong.release = GARBAGE;
    REFUSED("release", ipvs_fake_kernel_new, &wrong, &made);
    wrong = options;
    wrong.loaded_modules = GARBAGE;
    REFUSED("loaded_modules", ipvs_fake_kernel_new, &wrong, &made);
    wrong = options;
    wrong.without_modules = GARBAGE;
    REFUSED("without_modules", ipvs_fake_kernel_new, &wrong, &made);
    CHECK(made == NOTHING);
    SIZES_IN(ipvs_fake_kernel_new, options, ipvs_fake_options, options, it, &made);
    ipvs_fake_kernel_free(made);
    NULL_TAKEN(ipvs_fake_kernel_new, options, ipvs_fake_kernel_new(NULL, &made, NULL) == IPVS_OK);
    ipvs_fake_kernel_free(made);
    FREES_NULL(ipvs_fake_kernel_free);
}

static void a_kernel_of_ones_own(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    ipvs_fake_kernel *made;
    ipvs_client *its;
    ipvs_kernel_info info = IPVS_KERNEL_INFO_INIT;
    ipvs_service web = service_of("tcp 192.0.2.1:80 scheduler mh");
    options.seed = 7;
    options.release = "6.1.176";
    options.without_modules = "ip_vs_mh ip_vs_twos";
    options.loaded_modules = "ip_vs_rr";
    options.hz = 1000;
    options.processors = 4;
    options.connection_table_bits = 20;
    DOES(ipvs_fake_kernel_new, &options, &made);
    DOES(ipvs_fake_kernel_client, made, NULL, &its);
    DOES(ipvs_client_info, its, &info);
    CHECK(info.connection_table_size == 1 << 20);
    FAILS(IPVS_UNKNOWN_SCHEDULER, ipvs_client_add_service, its, &web);
    ipvs_fake_kernel_free(made);
    strcpy(web.scheduler, "rr");
    DOES(ipvs_client_add_service, its, &web);
    ipvs_client_free(its);
}

static void clients(void)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_client *opened = NOTHING;
    ipvs_service_list *list;
    ipvs_fake_namespace *blue;
    have("-A -f 7 -s rr");
    options.namespace_source = IPVS_NAMESPACE_FD;
    FAILS(IPVS_INVALID_INPUT, ipvs_fake_kernel_client, kernel, &options, &opened);
    options.namespace_source = IPVS_NAMESPACE_PATH;
    options.namespace_path = "/run/netns/blue";
    FAILS(IPVS_IO, ipvs_fake_kernel_client, kernel, &options, &opened);
    CHECK(opened == NOTHING);
    DOES(ipvs_fake_kernel_namespace, kernel, "blue", &blue);
    DOES(ipvs_fake_kernel_client, kernel, &options, &opened);
    DOES(ipvs_client_services, opened, &list);
    CHECK(ipvs_service_list_length(list) == 0);
    ipvs_service_list_free(list);
    ipvs_client_free(opened);
    ipvs_fake_namespace_free(blue);
    options.namespace_path = NULL;
    options.namespace_source = IPVS_NAMESPACE_NEW;
    SIZES_IN(ipvs_fake_kernel_client, options, ipvs_client_options, options, kernel, it, &opened);
    ipvs_client_free(opened);

    opened = NOTHING;
    NULL_REFUSED(ipvs_fake_kernel_client, kernel, NULL, NULL, &opened);
    NULL_REFUSED(ipvs_fake_kernel_client, client, kernel, NULL, NULL);
    CHECK(opened == NOTHING);
    NULL_TAKEN(ipvs_fake_kernel_client, options,
               ipvs_fake_kernel_client(kernel, NULL, &opened, NULL) == IPVS_OK);
    ipvs_client_free(opened);
}

static void clients_that_cannot_be_opened(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    ipvs_client_options elsewhere = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_fake_kernel *made;
    ipvs_client *opened = NOTHING;
    ipvs_service web = service_of("tcp 192.0.2.1:80");
    options.flags = IPVS_FAKE_UNPRIVILEGED;
    DOES(ipvs_fake_kernel_new, &options, &made);
    elsewhere.namespace_source = IPVS_NAMESPACE_NEW;
    FAILS(IPVS_PERMISSION_DENIED, ipvs_fake_kernel_client, made, &elsewhere, &opened);
    CHECK(opened == NOTHING);
    DOES(ipvs_fake_kernel_client, made, NULL, &opened);
    FAILS(IPVS_PERMISSION_DENIED, ipvs_client_add_service, opened, &web);
    ipvs_client_free(opened);
    ipvs_fake_kernel_free(made);

    opened = NOTHING;
    options.flags = IPVS_FAKE_NOTHING_LOADED;
    options.without_modules = "ip_vs";
    DOES(ipvs_fake_kernel_new, &options, &made);
    FAILS(IPVS_MODULE_MISSING, ipvs_fake_kernel_client, made, NULL, &opened);
    CHECK(opened == NOTHING);
    ipvs_fake_kernel_free(made);

    break_once(IPVS_FAULT_DROP, 0);
    FAILS(IPVS_TIMED_OUT, ipvs_fake_kernel_client, kernel, NULL, &opened);
    CHECK(opened == NOTHING);
}

static void namespaces(void)
{
    ipvs_fake_namespace *one, *again, *nameless, *none = NOTHING;
    ipvs_client *its, *others;
    ipvs_service_list *list;
    ipvs_service web = service_of("tcp 192.0.2.1:80");
    DOES(ipvs_fake_kernel_namespace, kernel, "one", &one);
    DOES(ipvs_fake_kernel_namespace, kernel, "one", &again);
    DOES(ipvs_fake_kernel_new_namespace, kernel, &nameless);
    DOES(ipvs_fake_namespace_client, one, NULL, &its);
    DOES(ipvs_client_add_service, its, &web);
    DOES(ipvs_fake_namespace_client, again, NULL, &others);
    FAILS(IPVS_ALREADY_EXISTS, ipvs_client_add_service, others, &web);
    ipvs_client_free(others);
    DOES(ipvs_fake_namespace_client, nameless, NULL, &others);
    DOES(ipvs_client_services, others, &list);
    CHECK(ipvs_service_list_length(list) == 0);
    ipvs_service_list_free(list);
    ipvs_client_free(others);
    ipvs_client_free(its);
    ipvs_fake_namespace_free(one);
    ipvs_fake_namespace_free(again);
    ipvs_fake_namespace_free(nameless);
    FREES_NULL(ipvs_fake_namespace_free);

    NOT_TEXT(ipvs_fake_kernel_namespace, name, kernel, GARBAGE, &none);
    NULL_REFUSED(ipvs_fake_kernel_namespace, kernel, NULL, "one", &none);
    NULL_REFUSED(ipvs_fake_kernel_namespace, name, kernel, NULL, &none);
    NULL_REFUSED(ipvs_fake_kernel_namespace, space, kernel, "one", NULL);
    NULL_REFUSED(ipvs_fake_kernel_new_namespace, kernel, NULL, &none);
    NULL_REFUSED(ipvs_fake_kernel_new_namespace, space, kernel, NULL);
    NULL_REFUSED(ipvs_fake_kernel_initial, kernel, NULL, &none);
    NULL_REFUSED(ipvs_fake_kernel_initial, space, kernel, NULL);
    CHECK(none == NOTHING);
}

static void clients_of_namespaces(void)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_client *opened = NOTHING;
    NULL_REFUSED(ipvs_fake_namespace_client, space, NULL, NULL, &opened);
    NULL_REFUSED(ipvs_fake_namespace_client, client, space, NULL, NULL);
    options.checks = 9;
    REFUSED("checks", ipvs_fake_namespace_client, space, &options, &opened);
    CHECK(opened == NOTHING);
    options.checks = IPVS_CHECKS_KERNEL;
    SIZES_IN(ipvs_fake_namespace_client, options, ipvs_client_options, options, space, it, &opened);
    ipvs_client_free(opened);
    NULL_TAKEN(ipvs_fake_namespace_client, options,
               ipvs_fake_namespace_client(space, NULL, &opened, NULL) == IPVS_OK);
    ipvs_client_free(opened);
    opened = NOTHING;
    break_once(IPVS_FAULT_DROP, 0);
    FAILS(IPVS_TIMED_OUT, ipvs_fake_namespace_client, space, NULL, &opened);
    CHECK(opened == NOTHING);
}

static void namespaces_without_the_module(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    ipvs_fake_kernel *bare;
    ipvs_fake_namespace *its;
    ipvs_client *opened = NOTHING;
    options.flags = IPVS_FAKE_NOTHING_LOADED;
    options.without_modules = "ip_vs";
    DOES(ipvs_fake_kernel_new, &options, &bare);
    DOES(ipvs_fake_kernel_initial, bare, &its);
    FAILS(IPVS_MODULE_MISSING, ipvs_fake_namespace_client, its, NULL, &opened);
    CHECK(opened == NOTHING);
    ipvs_fake_namespace_free(its);
    ipvs_fake_kernel_free(bare);
}

static void the_clock(void)
{
    uint64_t before = ipvs_fake_kernel_now_milliseconds(kernel);
    DOES(ipvs_fake_kernel_advance, kernel, 61000);
    CHECK(ipvs_fake_kernel_now_milliseconds(kernel) == before + 61000);
    DOES(ipvs_fake_kernel_advance, kernel, 0);
    NULL_REFUSED(ipvs_fake_kernel_advance, kernel, NULL, 1);
    NULL_TAKEN(ipvs_fake_kernel_now_milliseconds, kernel,
               ipvs_fake_kernel_now_milliseconds(NULL) == 0);
}

static void modules(void)
{
    bool done = false;
    DOES(ipvs_fake_kernel_load_module, kernel, "ip_vs_mh", &done);
    CHECK(done);
    DOES(ipvs_fake_kernel_load_module, kernel, "nonesuch", &done);
    CHECK(!done);
    DOES(ipvs_fake_kernel_unload_module, kernel, "ip_vs_mh", &done);
    CHECK(done);
    have("-A -f 7 -s rr");
    DOES(ipvs_fake_kernel_unload_module, kernel, "ip_vs", &done);
    CHECK(!done);
    NOT_TEXT(ipvs_fake_kernel_load_module, name, kernel, GARBAGE, &done);
    NOT_TEXT(ipvs_fake_kernel_unload_module, name, kernel, GARBAGE, &done);
    NULL_REFUSED(ipvs_fake_kernel_load_module, kernel, NULL, "ip_vs_mh", &done);
    NULL_REFUSED(ipvs_fake_kernel_load_module, name, kernel, NULL, &done);
    NULL_REFUSED(ipvs_fake_kernel_unload_module, kernel, NULL, "ip_vs_mh", &done);
    NULL_REFUSED(ipvs_fake_kernel_unload_module, name, kernel, NULL, &done);
    CHECK(!done);
    NULL_TAKEN(ipvs_fake_kernel_load_module, done,
               ipvs_fake_kernel_load_module(kernel, "ip_vs_mh", NULL, NULL) == IPVS_OK);
    NULL_TAKEN(ipvs_fake_kernel_unload_module, done,
               ipvs_fake_kernel_unload_module(kernel, "ip_vs_mh", NULL, NULL) == IPVS_OK);
}

static void unloading_while_nothing_is_there(void)
{
    bool done = false;
    DOES(ipvs_fake_kernel_unload_module, kernel, "ip_vs", &done);
    CHECK(done);
    DOES(ipvs_fake_kernel_load_module, kernel, "ip_vs", &done);
    CHECK(done);
    DOES(ipvs_client_zero, client);
}

/* On any kernel there may be a fake one beside it: these tests are of the fake itself. */
#define ITSELF "it is about the fake itself"

const test fakes_tests[] = {
    ON_THE_FAKE(options_that_are_none, ITSELF),
    ON_THE_FAKE(a_kernel_of_ones_own, ITSELF),
    ON_THE_FAKE(clients, ITSELF),
    ON_THE_FAKE(clients_that_cannot_be_opened, ITSELF),
    ON_THE_FAKE(namespaces, ITSELF),
    ON_THE_FAKE(clients_of_namespaces, ITSELF),
    ON_THE_FAKE(namespaces_without_the_module, ITSELF),
    ON_THE_FAKE(the_clock, ITSELF),
    ON_THE_FAKE(modules, ITSELF),
    ON_THE_FAKE(unloading_while_nothing_is_there, ITSELF),
    END
};

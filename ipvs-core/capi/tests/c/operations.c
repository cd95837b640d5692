/*
 * What every operation may fail with, beside what its own comment says: each operation, in each of
 * these ways. tests/suite.rs finds a function with a client that is not here.
 */
#include <errno.h>
#include <unistd.h>
#include "suite.h"

/* What the operations are about. */
static ipvs_service web;
static ipvs_dest server;
static ipvs_daemon master;
static ipvs_service_edit service_edit;
static ipvs_dest_edit dest_edit;
static ipvs_timeouts_edit timeouts_edit;
static ipvs_table *wanted;
static ipvs_scope *scope;

/* What happens right before the call that is looked at. */
static void (*spoil)(void);

typedef ipvs_status operation(ipvs_client *, ipvs_error **);

/* An operation of which only the status matters. */
#define OPERATION(function, ...) \
    static ipvs_status op_##function(ipvs_client *client, ipvs_error **error) \
    { \
        spoil(); \
        return function(client, __VA_ARGS__); \
    }
/* One that fills a struct. */
#define READING(function, type, ...) \
    static ipvs_status op_##function(ipvs_client *client, ipvs_error **error) \
    { \
        type *const it = &(type)IPVS_BEGIN(type); \
        spoil(); \
        return function(client, __VA_ARGS__); \
    }
/* One that makes something that is to be freed. */
#define MAKING(function, type, ...) \
    static ipvs_status op_##function(ipvs_client *client, ipvs_error **error) \
    { \
        type *made = NOTHING; \
        ipvs_status status = (spoil(), function(client, __VA_ARGS__)); \
        CHECK((status == IPVS_OK) == (made != NOTHING)); \
        if (status == IPVS_OK) \
            type##_free(made); \
        return status; \
    }
/* One that begins a stream, whose first entry may be what fails. */
#define STREAMING(function, type, entry_type, ...) \
    static ipvs_status op_##function(ipvs_client *client, ipvs_error **error) \
    { \
        type *made = NOTHING; \
        entry_type entry = IPVS_BEGIN(entry_type); \
        bool has = true; \
        ipvs_status status = (spoil(), function(client, __VA_ARGS__)); \
        CHECK((status == IPVS_OK) == (made != NOTHING)); \
        while (status == IPVS_OK && has) \
            status = type##_next(made, &entry, &has, error); \
        if (made != NOTHING) \
            type##_free(made); \
        return status; \
    }

OPERATION(ipvs_client_flush, error)
OPERATION(ipvs_client_zero, error)
OPERATION(ipvs_client_add_service, &web, error)
OPERATION(ipvs_client_update_service, &web, error)
OPERATION(ipvs_client_edit_service, &web.key, &service_edit, NULL, error)
OPERATION(ipvs_client_remove_service, &web.key, error)
OPERATION(ipvs_client_zero_service, &web.key, error)
OPERATION(ipvs_client_add_dest, &web.key, &server, error)
OPERATION(ipvs_client_update_dest, &web.key, &server, error)
OPERATION(ipvs_client_edit_dest, &web.key, &server.key, &dest_edit, NULL, error)
OPERATION(ipvs_client_remove_dest, &web.key, &server.key, error)
OPERATION(ipvs_client_start_daemon, &master, error)
OPERATION(ipvs_client_stop_daemon, IPVS_MASTER, error)
OPERATION(ipvs_client_set_timeouts, &timeouts_edit, error)
READING(ipvs_client_info, ipvs_kernel_info, it, error)
READING(ipvs_client_timeouts, ipvs_timeouts, it, error)
READING(ipvs_client_service, ipvs_service_entry, &web.key, it, error)
READING(ipvs_client_dest, ipvs_dest_entry, &web.key, &server.key, it, error)
MAKING(ipvs_client_services, ipvs_service_list, &made, error)
MAKING(ipvs_client_dests, ipvs_dest_list, &web.key, &made, error)
MAKING(ipvs_client_daemons, ipvs_daemon_list, &made, error)
MAKING(ipvs_client_snapshot, ipvs_snapshot, &made, error)
MAKING(ipvs_client_list, ipvs_snapshot, &made, error)
MAKING(ipvs_client_plan, ipvs_plan, wanted, scope, &made, error)
STREAMING(ipvs_client_stream_services, ipvs_service_stream, ipvs_service_entry, &made, error)
STREAMING(ipvs_client_stream_dests, ipvs_dest_stream, ipvs_dest_entry, &web.key, &made, error)

/* Those whose failures are in a report. */
static ipvs_status op_ipvs_client_batch(ipvs_client *client, ipvs_error **error)
{
    ipvs_batch *batch;
    ipvs_report *report;
    ipvs_status status;
    (void)error;
    DOES(ipvs_batch_from_rules, "-Z\n", &batch);
    spoil();
    DOES(ipvs_client_batch, client, batch, &report);
    CHECK(ipvs_report_length(report) == 1);
    status = ipvs_error_status(ipvs_report_first_error(report));
    ipvs_report_free(report);
    ipvs_batch_free(batch);
    return status;
}

/* A plan that the test's client makes. */
static ipvs_plan *planned(void)
{
    ipvs_plan *plan;
    DOES(ipvs_client_plan, client, wanted, scope, &plan);
    return plan;
}

static ipvs_status op_ipvs_client_apply(ipvs_client *other, ipvs_error **error)
{
    ipvs_plan *plan = planned();
    ipvs_report *report;
    ipvs_status status;
    (void)error;
    spoil();
    DOES(ipvs_client_apply, other, plan, &report);
    status = ipvs_error_status(ipvs_report_first_error(report));
    ipvs_report_free(report);
    ipvs_plan_free(plan);
    return status;
}

static ipvs_status op_ipvs_apply_step(ipvs_client *other, ipvs_error **error)
{
    ipvs_plan *plan = planned();
    ipvs_apply *apply;
    ipvs_report *report;
    ipvs_status status;
    bool more;
    (void)error;
    DOES(ipvs_apply_new, plan, &apply);
    spoil();
    DOES(ipvs_apply_step, apply, other, &more);
    DOES(ipvs_apply_into_report, apply, &report);
    status = ipvs_error_status(ipvs_report_first_error(report));
    ipvs_report_free(report);
    ipvs_apply_free(apply);
    ipvs_plan_free(plan);
    return status;
}

static ipvs_status op_ipvs_drain_step(ipvs_client *other, ipvs_error **error)
{
    ipvs_drain_state state = IPVS_DRAIN_STATE_INIT;
    ipvs_drain *drain;
    ipvs_status status;
    DOES(ipvs_drain_new, &web.key, &server.key, NULL, &drain);
    spoil();
    status = ipvs_drain_step(drain, other, &state, error);
    CHECK((status == IPVS_OK) == (state.state != 0));
    ipvs_drain_free(drain);
    return status;
}

static ipvs_status op_ipvs_drain_cancel(ipvs_client *other, ipvs_error **error)
{
    ipvs_drain_state state = IPVS_DRAIN_STATE_INIT;
    ipvs_drain *drain;
    ipvs_status status;
    DOES(ipvs_drain_new, &web.key, &server.key, NULL, &drain);
    DOES(ipvs_drain_step, drain, client, &state);
    spoil();
    status = ipvs_drain_cancel(drain, other, error);
    ipvs_drain_free(drain);
    return status;
}

/* Those that read and write files. */
static ipvs_status op_ipvs_client_total_stats(ipvs_client *client, ipvs_error **error)
{
    ipvs_stats stats;
    spoil();
    return ipvs_client_total_stats(client, &stats, error);
}

MAKING(ipvs_client_sysctl, ipvs_text, "conntrack", &made, error)
OPERATION(ipvs_client_set_sysctl, "conntrack", "1", error)
STREAMING(ipvs_client_connections, ipvs_connection_stream, ipvs_connection, &made, error)
STREAMING(ipvs_client_synced_connections, ipvs_connection_stream, ipvs_connection, &made, error)

static ipvs_status op_ipvs_client_namespace(ipvs_client *client, ipvs_error **error)
{
    int32_t fd = -1;
    ipvs_status status = (spoil(), ipvs_client_namespace(client, &fd, error));
    CHECK((status == IPVS_OK) == (fd >= 0));
    if (fd >= 0)
        close(fd);
    return status;
}

#define ASKS(function) { op_##function, #function, false }
/* One that reads again what it touched may find that all is well. */
#define MAKES_UP(function) { op_##function, #function, true }
static const struct { operation *run; const char *name; bool makes_up; } operations[] = {
    ASKS(ipvs_client_info), ASKS(ipvs_client_timeouts), ASKS(ipvs_client_services),
    ASKS(ipvs_client_service), ASKS(ipvs_client_dests), ASKS(ipvs_client_dest),
    ASKS(ipvs_client_daemons), ASKS(ipvs_client_list), ASKS(ipvs_client_snapshot),
    ASKS(ipvs_client_plan), ASKS(ipvs_client_stream_services), ASKS(ipvs_client_stream_dests),
    ASKS(ipvs_client_zero), ASKS(ipvs_client_zero_service), ASKS(ipvs_client_set_timeouts),
    ASKS(ipvs_client_batch), MAKES_UP(ipvs_client_apply), MAKES_UP(ipvs_apply_step),
    ASKS(ipvs_drain_step), ASKS(ipvs_drain_cancel), ASKS(ipvs_client_edit_service),
    ASKS(ipvs_client_update_service), ASKS(ipvs_client_edit_dest), ASKS(ipvs_client_update_dest),
    MAKES_UP(ipvs_client_stop_daemon), ASKS(ipvs_client_start_daemon), ASKS(ipvs_client_flush),
    ASKS(ipvs_client_remove_dest), ASKS(ipvs_client_add_dest), ASKS(ipvs_client_remove_service),
    ASKS(ipvs_client_add_service),
    /* These ask no socket. */
    ASKS(ipvs_client_total_stats), ASKS(ipvs_client_sysctl), ASKS(ipvs_client_set_sysctl),
    ASKS(ipvs_client_connections), ASKS(ipvs_client_synced_connections),
    /* This asks nobody. */
    ASKS(ipvs_client_namespace),
};
#define ALL (sizeof operations / sizeof *operations)
#define SOCKETS (ALL - 6)

#define ITS_TABLE "-C\n-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n"

/* What the operations find. */
static void have_everything(void)
{
    ipvs_service_edit some_service = IPVS_SERVICE_EDIT_INIT;
    ipvs_dest_edit some_dest = IPVS_DEST_EDIT_INIT;
    ipvs_timeouts_edit some_timeouts = IPVS_TIMEOUTS_EDIT_INIT;
    web = service_of("tcp 192.0.2.1:80 scheduler rr");
    server = dest_of("10.0.3.100:8080 masquerade weight 3");
    master = daemon_of("master sync0 sync-id 7");
    service_edit = some_service;
    dest_edit = some_dest;
    dest_edit.set = IPVS_DEST_EDIT_WEIGHT;
    dest_edit.weight = 5;
    timeouts_edit = some_timeouts;
    timeouts_edit.set = IPVS_TIMEOUTS_EDIT_UDP;
    timeouts_edit.udp_seconds = 77;
    wanted = table_of("-A -f 9 -s rr\n--set 100 120 300\n");
    scope = ipvs_scope_everything();
    have_sync0();
    have(ITS_TABLE);
    DOES(ipvs_client_start_daemon, client, &master);
}

static void free_everything(void)
{
    DOES(ipvs_client_stop_daemon, client, IPVS_MASTER);
    ipvs_scope_free(scope);
    ipvs_table_free(wanted);
}

/* Runs one, which has a status, or is well after all, and an error that says so. */
static void comes_to(ipvs_client *other, size_t which, ipvs_status wanted_status, bool or_well)
{
    ipvs_error *error = NULL;
    ipvs_status status = operations[which].run(other, &error);
    if (or_well && status == IPVS_OK)
        return;
    if (status != wanted_status)
        fprintf(stderr, "%s: %s, and not %s: %s\n", operations[which].name,
                ipvs_status_name(status), ipvs_status_name(wanted_status),
                ipvs_error_message(error));
    CHECK(status == wanted_status);
    CHECK(!error || ipvs_error_status(error) == status);
    ipvs_error_free(error);
}

static void spoil_nothing(void)
{
}

static ipvs_fake_fault fault;

static void inject_the_fault(void)
{
    DOES(ipvs_fake_kernel_inject, kernel, &fault);
}

/* Each fails by the fault, with a client of its own, on a table as the first one finds it. */
static void each_comes_to(ipvs_status status)
{
    have_everything();
    for (size_t which = 0; which < SOCKETS; which++) {
        ipvs_client *other;
        have(ITS_TABLE);
        DOES(ipvs_fake_kernel_client, kernel, NULL, &other);
        spoil = inject_the_fault;
        comes_to(other, which, status, operations[which].makes_up);
        CHECK(ipvs_fake_kernel_pending_faults(kernel) == 0);
        ipvs_client_free(other);
    }
    free_everything();
}

static void with(uint32_t what, uint64_t count, int32_t error_number)
{
    ipvs_fake_fault made = IPVS_FAKE_FAULT_INIT;
    fault = made;
    fault.what = what;
    fault.count = count;
    fault.error_number = error_number;
}

static void an_answer_that_is_lost(void)
{
    with(IPVS_FAULT_DROP, 0, 0);
    each_comes_to(IPVS_TIMED_OUT);
}

static void an_answer_that_does_not_fit(void)
{
    with(IPVS_FAULT_OVERRUN, 0, 0);
    each_comes_to(IPVS_OVERRUN);
}

static void an_answer_that_is_cut(void)
{
    with(IPVS_FAULT_TRUNCATE, 10, 0);
    each_comes_to(IPVS_PROTOCOL);
}

static void a_call_that_fails(void)
{
    with(IPVS_FAULT_ERRNO, 0, ENOMEM);
    fault.when = IPVS_WHEN_SEND;
    each_comes_to(IPVS_IO);
}

static void a_refusal(void)
{
    with(IPVS_FAULT_REFUSE, 0, EPERM);
    each_comes_to(IPVS_PERMISSION_DENIED);
}

/* Each comes to a status with a client of another kernel. */
static void each_elsewhere_comes_to(const ipvs_fake_options *options, ipvs_status status)
{
    ipvs_fake_kernel *other;
    ipvs_client *its;
    have_everything();
    DOES(ipvs_fake_kernel_new, options, &other);
    DOES(ipvs_fake_kernel_client, other, NULL, &its);
    if (status == IPVS_MODULE_MISSING)
        DOES(ipvs_fake_kernel_unload_module, other, "ip_vs", NULL);
    spoil = spoil_nothing;
    for (size_t which = 0; which < SOCKETS; which++)
        comes_to(its, which, status, false);
    ipvs_client_free(its);
    ipvs_fake_kernel_free(other);
    free_everything();
}

static void without_privileges(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    options.flags = IPVS_FAKE_UNPRIVILEGED;
    each_elsewhere_comes_to(&options, IPVS_PERMISSION_DENIED);
}

static void without_the_module(void)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    options.release = "5.10.200";
    each_elsewhere_comes_to(&options, IPVS_MODULE_MISSING);
}

/* In the child, with the parent's client; what that cannot do, one of the child's own can. */
static void use_the_parents_client(void)
{
    ipvs_client *parents = client;
    if (kernel)
        DOES(ipvs_fake_kernel_client, kernel, NULL, &client);
    else
        DOES(ipvs_client_open, NULL, &client);
    spoil = spoil_nothing;
    for (size_t which = 0; which < ALL - 1; which++)
        comes_to(parents, which, IPVS_FORKED, false);
    comes_to(parents, ALL - 1, kernel ? IPVS_UNSUPPORTED : IPVS_OK, false);
    ipvs_client_free(parents);
    DOES(ipvs_client_zero, client);
    ipvs_client_free(client);
}

static void in_the_child_of_a_fork(void)
{
    have_everything();
    in_child(use_the_parents_client);
    DOES(ipvs_client_zero, client);
    free_everything();
}

/* One that began before the fork is the parent's too. */
static ipvs_service_stream *stream;

static void use_the_parents_stream(void)
{
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    bool has = true;
    FAILS(IPVS_FORKED, ipvs_service_stream_next, stream, &entry, &has);
    ipvs_service_stream_free(stream);
}

static void a_stream_in_the_child_of_a_fork(void)
{
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    bool has = false;
    have("-A -t 192.0.2.1:80 -s rr");
    DOES(ipvs_client_stream_services, client, &stream);
    in_child(use_the_parents_stream);
    DOES(ipvs_service_stream_next, stream, &entry, &has);
    CHECK(has);
    ipvs_service_stream_free(stream);
}

#define FAULT "it injects faults"
#define KERNEL "it takes a kernel of a certain kind"

const test operations_tests[] = {
    ON_THE_FAKE(an_answer_that_is_lost, FAULT),
    ON_THE_FAKE(an_answer_that_does_not_fit, FAULT),
    ON_THE_FAKE(an_answer_that_is_cut, FAULT),
    ON_THE_FAKE(a_call_that_fails, FAULT),
    ON_THE_FAKE(a_refusal, FAULT),
    ON_THE_FAKE(without_privileges, KERNEL),
    ON_THE_FAKE(without_the_module, KERNEL),
    EVERYWHERE(in_the_child_of_a_fork),
    EVERYWHERE(a_stream_in_the_child_of_a_fork),
    END
};

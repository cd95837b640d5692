/* Batches. */
#include <errno.h>
#include "suite.h"

/* What a batch's changes come to: the statuses of its report. */
static void becomes(ipvs_batch *batch, const ipvs_status *statuses, size_t length)
{
    ipvs_report *report;
    DOES(ipvs_client_batch, client, batch, &report);
    CHECK(ipvs_report_length(report) == length);
    for (size_t i = 0; i < length; i++)
        CHECK(ipvs_error_status(ipvs_report_error(report, i)) == statuses[i]);
    ipvs_report_free(report);
    ipvs_batch_free(batch);
}

#define BECOMES(batch, ...) \
    do { \
        const ipvs_status statuses_[] = { __VA_ARGS__ }; \
        becomes(batch, statuses_, sizeof statuses_ / sizeof *statuses_); \
    } while (0)

static void services_and_dests(void)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_service web = service_of("tcp 192.0.2.1:80 scheduler rr");
    ipvs_dest server = dest_of("10.0.3.100:8080 masquerade weight 3");
    CHECK(batch && ipvs_batch_length(batch) == 0);
    SIZES_IN(ipvs_batch_add_service, service, ipvs_service, web, batch, it);
    DOES(ipvs_batch_add_service, batch, &web);
    DOES(ipvs_batch_update_service, batch, &web);
    DOES(ipvs_batch_zero_service, batch, &web.key);
    DOES(ipvs_batch_zero, batch);
    DOES(ipvs_batch_update_dest, batch, &web.key, &server);
    DOES(ipvs_batch_add_dest, batch, &web.key, &server);
    DOES(ipvs_batch_remove_dest, batch, &web.key, &server.key);
    DOES(ipvs_batch_remove_dest, batch, &web.key, &server.key);
    DOES(ipvs_batch_remove_service, batch, &web.key);
    DOES(ipvs_batch_remove_dest, batch, &web.key, &server.key);
    DOES(ipvs_batch_flush, batch);
    CHECK(ipvs_batch_length(batch) == 12);
    holds("");
    BECOMES(batch, IPVS_OK, IPVS_ALREADY_EXISTS, IPVS_OK, IPVS_OK, IPVS_OK, IPVS_DEST_NOT_FOUND,
            IPVS_OK, IPVS_OK, IPVS_DEST_NOT_FOUND, IPVS_OK, IPVS_SERVICE_NOT_FOUND, IPVS_OK);
    holds("");
}

static void daemons_and_timeouts(void)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_daemon backup = daemon_of("backup sync0");
    ipvs_timeouts_edit edit = IPVS_TIMEOUTS_EDIT_INIT;
    have_sync0();
    edit.set = IPVS_TIMEOUTS_EDIT_UDP;
    edit.udp_seconds = 99;
    SIZES_IN(ipvs_batch_start_daemon, daemon, ipvs_daemon, backup, batch, it);
    DOES(ipvs_batch_stop_daemon, batch, IPVS_BACKUP);
    DOES(ipvs_batch_stop_daemon, batch, IPVS_MASTER);
    SIZES_IN(ipvs_batch_set_timeouts, edit, ipvs_timeouts_edit, edit, batch, it);
    BECOMES(batch, IPVS_OK, IPVS_OK, IPVS_DAEMON_NOT_RUNNING, IPVS_OK);
}

static void what_is_refused_before_it_is_in_one(void)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_service web = service_of("tcp 192.0.2.1:80 scheduler rr"), wrong = web;
    ipvs_dest server = dest_of("10.0.3.100:8080 masquerade weight 3"), unset = server;
    ipvs_daemon daemon = IPVS_DAEMON_INIT;
    ipvs_timeouts_edit edit = IPVS_TIMEOUTS_EDIT_INIT;
    wrong.key.family = 1;
    unset.forward = IPVS_FORWARD_UNSET;
    edit.set = 8;
    REFUSED("family", ipvs_batch_add_service, batch, &wrong);
    REFUSED("family", ipvs_batch_update_service, batch, &wrong);
    REFUSED("family", ipvs_batch_remove_service, batch, &wrong.key);
    REFUSED("family", ipvs_batch_zero_service, batch, &wrong.key);
    REFUSED("forward", ipvs_batch_add_dest, batch, &web.key, &unset);
    REFUSED("forward", ipvs_batch_update_dest, batch, &web.key, &unset);
    REFUSED("family", ipvs_batch_remove_dest, batch, &wrong.key, &server.key);
    REFUSED("role", ipvs_batch_stop_daemon, batch, 0);
    FAILS(IPVS_INVALID_INPUT, ipvs_batch_start_daemon, batch, &daemon);
    REFUSED("set", ipvs_batch_set_timeouts, batch, &edit);
    CHECK(ipvs_batch_length(batch) == 0);
    ipvs_batch_free(batch);
}

static void nulls(void)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_service web = service_of("tcp 192.0.2.1:80 scheduler rr");
    ipvs_dest server = dest_of("10.0.3.100:8080 masquerade weight 3");
    ipvs_daemon daemon = daemon_of("master eth1");
    ipvs_timeouts_edit edit = IPVS_TIMEOUTS_EDIT_INIT;
    NULL_REFUSED(ipvs_batch_add_service, batch, NULL, &web);
    NULL_REFUSED(ipvs_batch_add_service, service, batch, NULL);
    NULL_REFUSED(ipvs_batch_update_service, batch, NULL, &web);
    NULL_REFUSED(ipvs_batch_update_service, service, batch, NULL);
    NULL_REFUSED(ipvs_batch_remove_service, batch, NULL, &web.key);
    NULL_REFUSED(ipvs_batch_remove_service, key, batch, NULL);
    NULL_REFUSED(ipvs_batch_zero_service, batch, NULL, &web.key);
    NULL_REFUSED(ipvs_batch_zero_service, key, batch, NULL);
    NULL_REFUSED(ipvs_batch_add_dest, batch, NULL, &web.key, &server);
    NULL_REFUSED(ipvs_batch_add_dest, service, batch, NULL, &server);
    NULL_REFUSED(ipvs_batch_add_dest, dest, batch, &web.key, NULL);
    NULL_REFUSED(ipvs_batch_update_dest, batch, NULL, &web.key, &server);
    NULL_REFUSED(ipvs_batch_update_dest, service, batch, NULL, &server);
    NULL_REFUSED(ipvs_batch_update_dest, dest, batch, &web.key, NULL);
    NULL_REFUSED(ipvs_batch_remove_dest, batch, NULL, &web.key, &server.key);
    NULL_REFUSED(ipvs_batch_remove_dest, service, batch, NULL, &server.key);
    NULL_REFUSED(ipvs_batch_remove_dest, dest, batch, &web.key, NULL);
    NULL_REFUSED(ipvs_batch_start_daemon, batch, NULL, &daemon);
    NULL_REFUSED(ipvs_batch_start_daemon, daemon, batch, NULL);
    NULL_REFUSED(ipvs_batch_stop_daemon, batch, NULL, IPVS_MASTER);
    NULL_REFUSED(ipvs_batch_set_timeouts, batch, NULL, &edit);
    NULL_REFUSED(ipvs_batch_set_timeouts, edit, batch, NULL);
    NULL_REFUSED(ipvs_batch_flush, batch, NULL);
    NULL_REFUSED(ipvs_batch_zero, batch, NULL);
    CHECK(ipvs_batch_length(batch) == 0);
    ipvs_batch_free(batch);
    NULL_TAKEN(ipvs_batch_length, batch, ipvs_batch_length(NULL) == 0);
    FREES_NULL(ipvs_batch_free);
}

static void sizes(void)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_service web = service_of("tcp 192.0.2.1:80 scheduler rr");
    ipvs_dest server = dest_of("10.0.3.100:8080 masquerade weight 3");
    SIZES_IN(ipvs_batch_update_service, service, ipvs_service, web, batch, it);
    SIZES_IN(ipvs_batch_add_dest, dest, ipvs_dest, server, batch, &web.key, it);
    SIZES_IN(ipvs_batch_update_dest, dest, ipvs_dest, server, batch, &web.key, it);
    CHECK(ipvs_batch_length(batch) == 3);
    ipvs_batch_free(batch);
}

static void of_tables_and_plans(void)
{
    const char *const rules = "-A -t 192.0.2.1:80 -s rr\n"
                              "-a -t 192.0.2.1:80 -r 10.0.3.1:80 -m -w 1\n";
    ipvs_table *table = table_of(rules);
    ipvs_scope *scope = ipvs_scope_everything();
    ipvs_plan *plan;
    ipvs_batch *batch = NOTHING;
    NULL_REFUSED(ipvs_batch_from_table, table, NULL, &batch);
    NULL_REFUSED(ipvs_batch_from_table, batch, table, NULL);
    DOES(ipvs_client_plan, client, table, scope, &plan);
    NULL_REFUSED(ipvs_batch_from_plan, plan, NULL, &batch);
    NULL_REFUSED(ipvs_batch_from_plan, batch, plan, NULL);
    CHECK(batch == NOTHING);
    DOES(ipvs_batch_from_plan, plan, &batch);
    BECOMES(batch, IPVS_OK, IPVS_OK);
    holds(rules);
    DOES(ipvs_client_flush, client);
    DOES(ipvs_batch_from_table, table, &batch);
    BECOMES(batch, IPVS_OK, IPVS_OK);
    holds(rules);
    ipvs_plan_free(plan);
    ipvs_scope_free(scope);
    ipvs_table_free(table);
}

static void carrying_one_out(void)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_report *report = NOTHING;
    NULL_REFUSED(ipvs_client_batch, client, NULL, batch, &report);
    NULL_REFUSED(ipvs_client_batch, batch, client, NULL, &report);
    NULL_REFUSED(ipvs_client_batch, report, client, batch, NULL);
    CHECK(report == NOTHING);
    DOES(ipvs_client_batch, client, batch, &report);
    CHECK(ipvs_report_length(report) == 0);
    ipvs_report_free(report);
    ipvs_batch_free(batch);
}

/* More than a system call takes. */
static void a_thousand_services(void)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_service mark = service_of("fwmark 1 scheduler rr");
    ipvs_report *report;
    ipvs_service_list *list;
    for (mark.key.firewall_mark = 1; mark.key.firewall_mark <= 1000; mark.key.firewall_mark++)
        DOES(ipvs_batch_add_service, batch, &mark);
    DOES(ipvs_client_batch, client, batch, &report);
    CHECK(ipvs_report_length(report) == 1000 && !ipvs_report_first_error(report));
    DOES(ipvs_client_services, client, &list);
    CHECK(ipvs_service_list_length(list) == 1000);
    ipvs_service_list_free(list);
    ipvs_report_free(report);
    ipvs_batch_free(batch);
}

/* A lost answer: what was to be changed is read again, and the error tells what there is. */
static void answers_that_are_lost(void)
{
    ipvs_batch *batch;
    ipvs_report *report;
    DOES(ipvs_batch_from_rules, "-A -f 1 -s rr\n-A -f 2 -s rr\n", &batch);
    break_once(IPVS_FAULT_OVERRUN, 0);
    DOES(ipvs_client_batch, client, batch, &report);
    if (ipvs_report_failures(report)) {
        const ipvs_error *error = ipvs_report_first_error(report);
        CHECK(ipvs_error_status(error) == IPVS_OVERRUN);
        CHECK(ipvs_error_applied(error) == IPVS_APPLIED_YES);
    }
    ipvs_report_free(report);
    ipvs_batch_free(batch);
    holds("-A -f 1 -s rr\n-A -f 2 -s rr\n");
}

const test batches_tests[] = {
    EVERYWHERE(services_and_dests),
    EVERYWHERE(daemons_and_timeouts),
    EVERYWHERE(what_is_refused_before_it_is_in_one),
    EVERYWHERE(nulls),
    EVERYWHERE(sizes),
    EVERYWHERE(of_tables_and_plans),
    EVERYWHERE(carrying_one_out),
    EVERYWHERE(a_thousand_services),
    ON_THE_FAKE(answers_that_are_lost, "it injects a fault"),
    END
};

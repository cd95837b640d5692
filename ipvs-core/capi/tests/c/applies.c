/* Applying a plan, and reports. */
#include <linux/ip_vs.h>
#include "suite.h"

#define TABLE \
    "-A -t 192.0.2.1:80 -s wrr\n" \
    "-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n" \
    "-A -f 7 -s rr\n"

/* What turns an empty table into these lines, or into TABLE. */
static ipvs_plan *plan_of(const char *rules)
{
    ipvs_table *wanted = table_of(rules);
    ipvs_scope *scope = ipvs_scope_everything();
    ipvs_plan *plan;
    DOES(ipvs_client_plan, client, wanted, scope, &plan);
    ipvs_scope_free(scope);
    ipvs_table_free(wanted);
    return plan;
}

static void at_once(void)
{
    ipvs_plan *plan = plan_of(TABLE);
    ipvs_report *report = NOTHING;
    NULL_REFUSED(ipvs_client_apply, client, NULL, plan, &report);
    NULL_REFUSED(ipvs_client_apply, plan, client, NULL, &report);
    NULL_REFUSED(ipvs_client_apply, report, client, plan, NULL);
    CHECK(report == NOTHING);
    DOES(ipvs_client_apply, client, plan, &report);
    CHECK(ipvs_report_length(report) == 3 && ipvs_report_failures(report) == 0);
    CHECK(!ipvs_report_first_error(report) && !ipvs_report_error(report, 0));
    ipvs_report_free(report);
    ipvs_plan_free(plan);
    holds(TABLE);
}

static void in_steps(void)
{
    ipvs_plan *plan = plan_of(TABLE);
    ipvs_apply *apply = NOTHING;
    ipvs_report *report = NOTHING;
    bool more = true;
    NULL_REFUSED(ipvs_apply_new, plan, NULL, &apply);
    NULL_REFUSED(ipvs_apply_new, apply, plan, NULL);
    CHECK(apply == NOTHING);
    DOES(ipvs_apply_new, plan, &apply);
    ipvs_plan_free(plan);
    CHECK(ipvs_apply_sent(apply) == 0);
    NULL_REFUSED(ipvs_apply_step, apply, NULL, client, &more);
    NULL_REFUSED(ipvs_apply_step, client, apply, NULL, &more);
    NULL_REFUSED(ipvs_apply_step, more, apply, client, NULL);
    holds("");
    while (more)
        DOES(ipvs_apply_step, apply, client, &more);
    CHECK(ipvs_apply_sent(apply) == 3);
    /* Behind the end there is nothing to do. */
    DOES(ipvs_apply_step, apply, client, &more);
    CHECK(!more);
    NULL_REFUSED(ipvs_apply_into_report, apply, NULL, &report);
    NULL_REFUSED(ipvs_apply_into_report, report, apply, NULL);
    CHECK(report == NOTHING);
    DOES(ipvs_apply_into_report, apply, &report);
    CHECK(ipvs_report_length(report) == 3 && ipvs_report_failures(report) == 0);
    ipvs_report_free(report);

    report = NOTHING;
    more = true;
    REFUSED("apply", ipvs_apply_step, apply, client, &more);
    REFUSED("apply", ipvs_apply_into_report, apply, &report);
    CHECK(more && report == NOTHING && ipvs_apply_sent(apply) == 0);
    ipvs_apply_free(apply);
    holds(TABLE);
    NULL_TAKEN(ipvs_apply_sent, apply, ipvs_apply_sent(NULL) == 0);
    FREES_NULL(ipvs_apply_free);
}

static void stopping_before_the_end(void)
{
    ipvs_plan *plan = plan_of(TABLE);
    ipvs_apply *apply;
    ipvs_report *report;
    bool more;
    DOES(ipvs_apply_new, plan, &apply);
    ipvs_apply_free(apply);
    DOES(ipvs_apply_new, plan, &apply);
    DOES(ipvs_apply_step, apply, client, &more);
    DOES(ipvs_apply_into_report, apply, &report);
    CHECK(ipvs_report_length(report) == 3);
    ipvs_report_free(report);
    ipvs_apply_free(apply);
    ipvs_plan_free(plan);
}

/* The plan edits a service that is not there any more. */
static void what_somebody_else_removed(void)
{
    ipvs_plan *plan;
    ipvs_report *report;
    const ipvs_error *error;
    have(TABLE);
    plan = plan_of("-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 9\n"
                   "-A -f 7 -s rr\n");
    have("-D -t 192.0.2.1:80");
    DOES(ipvs_client_apply, client, plan, &report);
    CHECK(ipvs_report_length(report) == 2 && ipvs_report_failures(report) == 2);
    error = ipvs_report_first_error(report);
    CHECK(error == ipvs_report_error(report, 0));
    CHECK(ipvs_error_status(error) == IPVS_SERVICE_NOT_FOUND);
    SAME(ipvs_error_object(error), "tcp 192.0.2.1:80");
    CHECK(ipvs_error_status(ipvs_report_error(report, 1)) == IPVS_SERVICE_NOT_FOUND);
    CHECK(!ipvs_report_error(report, 2) && !ipvs_report_error(report, SIZE_MAX));
    ipvs_report_free(report);
    ipvs_plan_free(plan);
    NULL_TAKEN(ipvs_report_length, report, ipvs_report_length(NULL) == 0);
    NULL_TAKEN(ipvs_report_failures, report, ipvs_report_failures(NULL) == 0);
    NULL_TAKEN(ipvs_report_error, report, !ipvs_report_error(NULL, 0));
    NULL_TAKEN(ipvs_report_first_error, report, !ipvs_report_first_error(NULL));
    FREES_NULL(ipvs_report_free);
}

/* Whatever is written, somebody else writes back before it is read again. */
static void what_somebody_else_keeps_changing_back(void)
{
    ipvs_fake_fault fault = IPVS_FAKE_FAULT_INIT;
    ipvs_batch *back;
    ipvs_plan *plan;
    ipvs_report *report;
    have(TABLE);
    plan = plan_of("-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 9\n"
                   "-A -f 7 -s rr\n");
    DOES(ipvs_batch_from_rules, "-e -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3", &back);
    fault.when = IPVS_WHEN_COMMAND;
    fault.command = IPVS_CMD_GET_DEST;
    fault.what = IPVS_FAULT_CHANGE;
    fault.changes = back;
    for (fault.after = 0; fault.after < 50; fault.after++)
        DOES(ipvs_fake_kernel_inject, kernel, &fault);
    DOES(ipvs_client_apply, client, plan, &report);
    CHECK(ipvs_report_failures(report) == 1);
    CHECK(ipvs_error_status(ipvs_report_error(report, 0)) == IPVS_CHANGED_WHILE_READING);
    ipvs_fake_kernel_clear_faults(kernel);
    ipvs_report_free(report);
    ipvs_plan_free(plan);
    ipvs_batch_free(back);
}

const test applies_tests[] = {
    EVERYWHERE(at_once),
    EVERYWHERE(in_steps),
    EVERYWHERE(stopping_before_the_end),
    EVERYWHERE(what_somebody_else_removed),
    ON_THE_FAKE(what_somebody_else_keeps_changing_back, "it injects faults"),
    END
};

/*
 *     ./restore rules              makes the services those of a file
 *     ./restore rules --dry-run    only tells what it would do
 *
 * The file holds what `ipvsadm-save -n` prints. It is read whole before anything is changed,
 * and then only what differs is: no service is missing meanwhile.
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ipvs_status print_plan(const ipvs_plan *plan, ipvs_error **error)
{
    ipvs_status status = IPVS_OK;

    for (size_t i = 0; status == IPVS_OK && i < ipvs_plan_length(plan); i++) {
        ipvs_text *rule = NULL, *reason = NULL;
        status = ipvs_plan_rule_at(plan, i, &rule, error);
        if (status == IPVS_OK)
            status = ipvs_plan_reason_at(plan, i, &reason, error);
        if (status == IPVS_OK)
            printf("ipvsadm %s # %s\n", ipvs_text_data(rule), ipvs_text_data(reason));
        ipvs_text_free(rule);
        ipvs_text_free(reason);
    }
    return status;
}

static bool apply(const ipvs_client *ipvs, const ipvs_plan *plan, ipvs_error **error)
{
    ipvs_report *report = NULL;
    const ipvs_error *first;
    bool well = ipvs_client_apply(ipvs, plan, &report, error) == IPVS_OK;

    if ((first = ipvs_report_first_error(report)) != NULL)
        well = complain(ipvs_error_message(first));
    ipvs_report_free(report);
    return well;
}

static void print_draining(const ipvs_plan *plan)
{
    ipvs_service_key service;
    ipvs_dest_key dest;
    char of[64], who[64];

    for (size_t i = 0; ipvs_plan_draining_at(plan, i, &service, &dest, NULL) == IPVS_OK; i++) {
        ipvs_service_key_format(&service, of, sizeof of);
        ipvs_dest_key_format(&dest, who, sizeof who);
        printf("# %s of %s still has connections, and leaves when they are gone\n", who, of);
    }
}

bool play(char **words, ipvs_error **error)
{
    char *rules = words[1] != NULL ? read_file(words[1]) : NULL;
    bool dry_run = words[1] != NULL && words[2] != NULL && strcmp(words[2], "--dry-run") == 0;
    ipvs_client *ipvs = NULL;
    ipvs_table *wanted = NULL;
    ipvs_snapshot *seen = NULL;
    ipvs_scope *services = ipvs_scope_nothing();
    ipvs_plan *plan = NULL;
    bool well = false;

    /* The first mistake is told with its line, column and word. */
    if ((words[1] == NULL && !complain("which file?")) || rules == NULL
        || ipvs_table_from_rules(rules, &wanted, error)
        || ipvs_client_open(NULL, &ipvs, error)
        || ipvs_client_snapshot(ipvs, &seen, error)
        || ipvs_scope_add_every_service(services, error)
        || ipvs_plan_new(seen, wanted, services, &plan, error)
        || print_plan(plan, error))
        goto out;
    well = dry_run || apply(ipvs, plan, error);
    print_draining(plan);

out:
    ipvs_plan_free(plan);
    ipvs_scope_free(services);
    ipvs_snapshot_free(seen);
    ipvs_table_free(wanted);
    ipvs_client_free(ipvs);
    free(rules);
    return well;
}

/* Scopes and plans. */
#include "suite.h"

#define TABLE \
    "-A -t 192.0.2.1:80 -s wrr\n" \
    "-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n" \
    "-a -t 192.0.2.1:80 -r 10.0.3.101:8080 -m -w 1\n"

static bool contains(const ipvs_scope *scope, const char *text)
{
    ipvs_service_key key = key_of(text);
    bool ours;
    DOES(ipvs_scope_contains, scope, &key, &ours);
    return ours;
}

static void what_scopes_contain(void)
{
    ipvs_scope *all = ipvs_scope_everything(), *scope = ipvs_scope_nothing();
    ipvs_service_key web = key_of("tcp 192.0.2.1:80");
    ipvs_address network = address_of("198.51.100.0");
    CHECK(contains(all, "tcp 192.0.2.1:80") && !contains(scope, "tcp 192.0.2.1:80"));
    DOES(ipvs_scope_add_service, scope, &web);
    CHECK(contains(scope, "tcp 192.0.2.1:80") && !contains(scope, "udp 192.0.2.1:80"));
    DOES(ipvs_scope_add_prefix, scope, &network, 24);
    CHECK(contains(scope, "udp 198.51.100.9:53") && !contains(scope, "udp 198.51.101.9:53"));
    DOES(ipvs_scope_add_prefix, scope, &network, 255);
    DOES(ipvs_scope_add_marks, scope, 7, 9, IPVS_IPV4);
    CHECK(contains(scope, "fwmark 9") && !contains(scope, "fwmark 10"));
    CHECK(!contains(scope, "fwmark 9 ipv6"));
    DOES(ipvs_scope_add_every_service, scope);
    CHECK(contains(scope, "fwmark 9 ipv6"));
    DOES(ipvs_scope_add_timeouts, scope);
    DOES(ipvs_scope_add_daemons, scope);
    ipvs_scope_free(scope);
    ipvs_scope_free(all);
    FREES_NULL(ipvs_scope_free);
}

static void what_scopes_refuse(void)
{
    ipvs_scope *scope = ipvs_scope_nothing();
    ipvs_service_key web = key_of("tcp 192.0.2.1:80"), wrong = web;
    ipvs_address network = address_of("198.51.100.0"), nowhere = network;
    bool ours = true;
    wrong.family = 1;
    nowhere.family = 1;
    REFUSED("family", ipvs_scope_add_service, scope, &wrong);
    REFUSED("family", ipvs_scope_add_prefix, scope, &nowhere, 24);
    REFUSED("family", ipvs_scope_add_marks, scope, 1, 2, 3);
    REFUSED("family", ipvs_scope_contains, scope, &wrong, &ours);
    NULL_REFUSED(ipvs_scope_add_service, scope, NULL, &web);
    NULL_REFUSED(ipvs_scope_add_service, key, scope, NULL);
    NULL_REFUSED(ipvs_scope_add_prefix, scope, NULL, &network, 24);
    NULL_REFUSED(ipvs_scope_add_prefix, network, scope, NULL, 24);
    NULL_REFUSED(ipvs_scope_add_marks, scope, NULL, 1, 2, IPVS_IPV4);
    NULL_REFUSED(ipvs_scope_add_every_service, scope, NULL);
    NULL_REFUSED(ipvs_scope_add_timeouts, scope, NULL);
    NULL_REFUSED(ipvs_scope_add_daemons, scope, NULL);
    NULL_REFUSED(ipvs_scope_contains, scope, NULL, &web, &ours);
    NULL_REFUSED(ipvs_scope_contains, key, scope, NULL, &ours);
    NULL_REFUSED(ipvs_scope_contains, contains, scope, &web, NULL);
    CHECK(ours);
    DOES(ipvs_scope_contains, scope, &web, &ours);
    CHECK(!ours);
    ipvs_scope_free(scope);
}

/* A plan of what the client sees. */
static ipvs_plan *planned(const char *rules)
{
    ipvs_table *wanted = table_of(rules);
    ipvs_scope *scope = ipvs_scope_nothing();
    ipvs_snapshot *seen;
    ipvs_plan *plan;
    DOES(ipvs_scope_add_every_service, scope);
    DOES(ipvs_client_list, client, &seen);
    DOES(ipvs_plan_new, seen, wanted, scope, &plan);
    ipvs_snapshot_free(seen);
    ipvs_scope_free(scope);
    ipvs_table_free(wanted);
    return plan;
}

static void its_changes(void)
{
    ipvs_planned_change change = IPVS_PLANNED_CHANGE_INIT;
    ipvs_plan *plan;
    have(TABLE);
    plan = planned("-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 9\n"
                   "-A -f 7 -s rr\n");
    CHECK(ipvs_plan_length(plan) == 3 && ipvs_plan_draining_length(plan) == 0);
    DOES(ipvs_plan_at, plan, 0, &change);
    CHECK(change.change == IPVS_CHANGE_ADD_SERVICE && change.reason == IPVS_REASON_MISSING);
    SAME(text_of_key(&change.service), "fwmark 7");
    DOES(ipvs_plan_at, plan, 1, &change);
    CHECK(change.change == IPVS_CHANGE_UPDATE_DEST && change.reason == IPVS_REASON_DIFFERS);
    CHECK(change.differences == IPVS_DIFFERS_WEIGHT && change.dest.port == 8080 && !change.role);
    DOES(ipvs_plan_at, plan, 2, &change);
    CHECK(change.change == IPVS_CHANGE_REMOVE_DEST && change.reason == IPVS_REASON_UNWANTED);
    SIZES_OUT(ipvs_plan_at, change, ipvs_planned_change, plan, 0, it);
    REFUSED("index", ipvs_plan_at, plan, 3, &change);
    REFUSED("index", ipvs_plan_at, plan, SIZE_MAX, &change);
    NULL_REFUSED(ipvs_plan_at, plan, NULL, 0, &change);
    NULL_REFUSED(ipvs_plan_at, change, plan, 0, NULL);
    CHECK(change.change == IPVS_CHANGE_REMOVE_DEST);
    ipvs_plan_free(plan);
    plan = planned(TABLE);
    CHECK(ipvs_plan_length(plan) == 0);
    ipvs_plan_free(plan);
    NULL_TAKEN(ipvs_plan_length, plan, ipvs_plan_length(NULL) == 0);
    FREES_NULL(ipvs_plan_free);
}

static void its_texts(void)
{
    ipvs_plan *plan;
    ipvs_text *text = NOTHING;
    have(TABLE);
    plan = planned("-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 9\n");
    REFUSED("index", ipvs_plan_rule_at, plan, 2, &text);
    REFUSED("index", ipvs_plan_reason_at, plan, 2, &text);
    NULL_REFUSED(ipvs_plan_rule_at, plan, NULL, 0, &text);
    NULL_REFUSED(ipvs_plan_rule_at, text, plan, 0, NULL);
    NULL_REFUSED(ipvs_plan_reason_at, plan, NULL, 0, &text);
    NULL_REFUSED(ipvs_plan_reason_at, text, plan, 0, NULL);
    NULL_REFUSED(ipvs_plan_to_text, plan, NULL, &text);
    NULL_REFUSED(ipvs_plan_to_text, text, plan, NULL);
    CHECK(text == NOTHING);
    DOES(ipvs_plan_rule_at, plan, 0, &text);
    SAME(ipvs_text_data(text), "-e -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 9");
    ipvs_text_free(text);
    DOES(ipvs_plan_reason_at, plan, 0, &text);
    SAME(ipvs_text_data(text), "it differs in weight");
    ipvs_text_free(text);
    DOES(ipvs_plan_to_text, plan, &text);
    CHECK(strstr(ipvs_text_data(text), "it differs in weight"));
    ipvs_text_free(text);
    ipvs_plan_free(plan);
}

/* A protocol that ipvsadm has no option for. */
static void a_change_that_no_line_can_say(void)
{
    ipvs_table *wanted = ipvs_table_new();
    ipvs_service strange = service_of("tcp 192.0.2.1:80");
    ipvs_scope *scope = ipvs_scope_everything();
    ipvs_snapshot *seen;
    ipvs_plan *plan;
    ipvs_text *text = NOTHING;
    strange.key.protocol = 47;
    DOES(ipvs_table_add_service, wanted, &strange, NULL);
    DOES(ipvs_client_list, client, &seen);
    DOES(ipvs_plan_new, seen, wanted, scope, &plan);
    FAILS(IPVS_INVALID_INPUT, ipvs_plan_rule_at, plan, 0, &text);
    FAILS(IPVS_INVALID_INPUT, ipvs_plan_to_rules, plan, 0, &text);
    FAILS(IPVS_INVALID_INPUT, ipvs_table_to_rules, wanted, 0, &text);
    CHECK(text == NOTHING);
    ipvs_plan_free(plan);
    ipvs_snapshot_free(seen);
    ipvs_scope_free(scope);
    ipvs_table_free(wanted);
}

static void what_plans_refuse(void)
{
    ipvs_table *wanted = table_of(TABLE);
    ipvs_service web = service_of("tcp 192.0.2.1:80");
    ipvs_scope *all = ipvs_scope_everything(), *nothing = ipvs_scope_nothing();
    ipvs_snapshot *seen;
    ipvs_plan *plan = NOTHING;
    DOES(ipvs_client_list, client, &seen);
    FAILS(IPVS_INVALID_INPUT, ipvs_plan_new, seen, wanted, nothing, &plan);
    FAILS(IPVS_INVALID_INPUT, ipvs_plan_at_once, seen, wanted, nothing, &plan);
    FAILS(IPVS_INVALID_INPUT, ipvs_client_plan, client, wanted, nothing, &plan);
    DOES(ipvs_table_add_service, wanted, &web, NULL);
    FAILS(IPVS_INVALID_INPUT, ipvs_plan_new, seen, wanted, all, &plan);
    FAILS(IPVS_INVALID_INPUT, ipvs_plan_at_once, seen, wanted, all, &plan);
    FAILS(IPVS_INVALID_INPUT, ipvs_client_plan, client, wanted, all, &plan);
    NULL_REFUSED(ipvs_plan_new, seen, NULL, wanted, all, &plan);
    NULL_REFUSED(ipvs_plan_new, wanted, seen, NULL, all, &plan);
    NULL_REFUSED(ipvs_plan_new, scope, seen, wanted, NULL, &plan);
    NULL_REFUSED(ipvs_plan_new, plan, seen, wanted, all, NULL);
    NULL_REFUSED(ipvs_plan_at_once, seen, NULL, wanted, all, &plan);
    NULL_REFUSED(ipvs_plan_at_once, wanted, seen, NULL, all, &plan);
    NULL_REFUSED(ipvs_plan_at_once, scope, seen, wanted, NULL, &plan);
    NULL_REFUSED(ipvs_plan_at_once, plan, seen, wanted, all, NULL);
    NULL_REFUSED(ipvs_client_plan, client, NULL, wanted, all, &plan);
    NULL_REFUSED(ipvs_client_plan, wanted, client, NULL, all, &plan);
    NULL_REFUSED(ipvs_client_plan, scope, client, wanted, NULL, &plan);
    NULL_REFUSED(ipvs_client_plan, plan, client, wanted, all, NULL);
    CHECK(plan == NOTHING);
    ipvs_snapshot_free(seen);
    ipvs_scope_free(nothing);
    ipvs_scope_free(all);
    ipvs_table_free(wanted);
}

static void planning_by_the_client(void)
{
    ipvs_table *wanted = table_of("-A -f 7 -s rr\n--set 100 120 300\n");
    ipvs_scope *scope = ipvs_scope_everything();
    ipvs_planned_change change = IPVS_PLANNED_CHANGE_INIT;
    ipvs_plan *plan;
    have(TABLE);
    DOES(ipvs_client_plan, client, wanted, scope, &plan);
    CHECK(ipvs_plan_length(plan) == 3);
    DOES(ipvs_plan_at, plan, 0, &change);
    CHECK(change.change == IPVS_CHANGE_SET_TIMEOUTS && change.service.family == 0);
    DOES(ipvs_plan_at, plan, 2, &change);
    CHECK(change.change == IPVS_CHANGE_REMOVE_SERVICE);
    ipvs_plan_free(plan);
    ipvs_table_free(wanted);
    wanted = table_of(TABLE);
    DOES(ipvs_client_plan, client, wanted, scope, &plan);
    CHECK(ipvs_plan_length(plan) == 0);
    ipvs_plan_free(plan);
    ipvs_scope_free(scope);
    ipvs_table_free(wanted);
}

/* A dest that leaves with connections: quiesced first, or cut off. */
static void draining(void)
{
    ipvs_service_key web = key_of("tcp 192.0.2.1:80"), service = web;
    ipvs_dest_key server = dest_key_of("10.0.3.101:8080"), dest = server;
    ipvs_planned_change change = IPVS_PLANNED_CHANGE_INIT;
    ipvs_table *wanted = table_of("-A -t 192.0.2.1:80 -s wrr\n"
                                  "-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n");
    ipvs_scope *all = ipvs_scope_everything();
    ipvs_snapshot *seen;
    ipvs_plan *plan;
    have(TABLE);
    DOES(ipvs_fake_namespace_set_dest_connections, space, &web, &server, 5, 0, 0);
    DOES(ipvs_client_snapshot, client, &seen);
    DOES(ipvs_plan_new, seen, wanted, all, &plan);
    CHECK(ipvs_plan_length(plan) == 1 && ipvs_plan_draining_length(plan) == 1);
    DOES(ipvs_plan_at, plan, 0, &change);
    CHECK(change.change == IPVS_CHANGE_UPDATE_DEST && change.reason == IPVS_REASON_DRAINING);
    memset(&dest, 0, sizeof dest);
    DOES(ipvs_plan_draining_at, plan, 0, &service, &dest);
    CHECK(memcmp(&service, &web, sizeof web) == 0 && memcmp(&dest, &server, sizeof dest) == 0);
    REFUSED("index", ipvs_plan_draining_at, plan, 1, &service, &dest);
    NULL_REFUSED(ipvs_plan_draining_at, plan, NULL, 0, &service, &dest);
    NULL_REFUSED(ipvs_plan_draining_at, service, plan, 0, NULL, &dest);
    NULL_REFUSED(ipvs_plan_draining_at, dest, plan, 0, &service, NULL);
    ipvs_plan_free(plan);
    DOES(ipvs_plan_at_once, seen, wanted, all, &plan);
    DOES(ipvs_plan_at, plan, 0, &change);
    CHECK(change.change == IPVS_CHANGE_REMOVE_DEST && ipvs_plan_draining_length(plan) == 0);
    ipvs_plan_free(plan);
    ipvs_snapshot_free(seen);
    ipvs_scope_free(all);
    ipvs_table_free(wanted);
    NULL_TAKEN(ipvs_plan_draining_length, plan, ipvs_plan_draining_length(NULL) == 0);
}

const test plans_tests[] = {
    EVERYWHERE(what_scopes_contain),
    EVERYWHERE(what_scopes_refuse),
    EVERYWHERE(its_changes),
    EVERYWHERE(its_texts),
    EVERYWHERE(a_change_that_no_line_can_say),
    EVERYWHERE(what_plans_refuse),
    EVERYWHERE(planning_by_the_client),
    ON_THE_FAKE(draining, "it sets what connections a dest has"),
    END
};

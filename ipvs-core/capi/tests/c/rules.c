/* Rules: the lines of ipvsadm. */
#include "suite.h"

#define TABLE \
    "-A -t 192.0.2.1:80 -s wrr -p 300\n" \
    "-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3 -x 9 -y 4\n"

static void to_tables_and_back(void)
{
    ipvs_table *table = table_of("# a comment\n\n" TABLE), *none = NOTHING;
    ipvs_text *text = NOTHING;
    CHECK(ipvs_table_services_length(table) == 1 && ipvs_table_dests_length(table, 0) == 1);
    NULL_REFUSED(ipvs_table_to_rules, table, NULL, 0, &text);
    NULL_REFUSED(ipvs_table_to_rules, text, table, 0, NULL);
    FAILS(IPVS_INVALID_INPUT, ipvs_table_to_rules, table, 4, &text);
    CHECK(text == NOTHING);
    DOES(ipvs_table_to_rules, table, 0, &text);
    SAME(ipvs_text_data(text), TABLE);
    ipvs_text_free(text);
    DOES(ipvs_table_to_rules, table, IPVS_RULES_ORIGINAL, &text);
    SAME(ipvs_text_data(text), "-A -t 192.0.2.1:80 -s wrr -p 300\n"
                               "-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n");
    ipvs_text_free(text);
    ipvs_table_free(table);

    NULL_REFUSED(ipvs_table_from_rules, text, NULL, &none);
    NULL_REFUSED(ipvs_table_from_rules, table, "", NULL);
    NOT_TEXT(ipvs_table_from_rules, text, GARBAGE, &none);
    CHECK(none == NOTHING);
    DOES(ipvs_table_from_rules, "", &table);
    CHECK(ipvs_table_services_length(table) == 0);
    ipvs_table_free(table);
}

static void extras(void)
{
    const char *const lines = "--set 100 120 300\n"
                              "--start-daemon master --mcast-interface eth1 --syncid 7\n";
    ipvs_table *table = table_of(lines);
    ipvs_text *text;
    DOES(ipvs_table_to_rules, table, 0, &text);
    SAME(ipvs_text_data(text), "");
    ipvs_text_free(text);
    DOES(ipvs_table_to_rules, table, IPVS_RULES_EXTRAS, &text);
    CHECK(strstr(ipvs_text_data(text), "--set 100 120 300\n"));
    CHECK(strstr(ipvs_text_data(text), "master"));
    ipvs_text_free(text);
    ipvs_table_free(table);
}

static void lines_that_are_none(void)
{
    const char *const wrong[] = {
        "-A -t 192.0.2.1:80 -s rr\n-A -t nobody:http\n",
        "-a -t 192.0.2.1:80 -r 10.0.3.100 -m\n",
        "-A -f 7\n-A -f 7\n",
        "-D -f 7\n",
        "-A -f 7 -w\n",
        "nothing\n",
        "--set 1 2\n",
        "-A -f 0\n",
    };
    ipvs_table *table = NOTHING;
    ipvs_batch *batch = NOTHING;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        FAILS(IPVS_INVALID_INPUT, ipvs_table_from_rules, wrong[i], &table);
        SAME(last.operation, "parse");
        CHECK(strstr(last.message, "line "));
    }
    FAILS(IPVS_INVALID_INPUT, ipvs_batch_from_rules, wrong[0], &batch);
    CHECK(strstr(last.message, "line 2"));
    FAILS(IPVS_INVALID_INPUT, ipvs_batch_from_rules, "-L\n", &batch);
    CHECK(table == NOTHING && batch == NOTHING);
}

static void to_batches(void)
{
    ipvs_batch *batch = NOTHING;
    ipvs_report *report;
    NULL_REFUSED(ipvs_batch_from_rules, text, NULL, &batch);
    NULL_REFUSED(ipvs_batch_from_rules, batch, "", NULL);
    NOT_TEXT(ipvs_batch_from_rules, text, GARBAGE, &batch);
    CHECK(batch == NOTHING);
    DOES(ipvs_batch_from_rules, "-C\n-A -f 7 -s rr\n-E -f 7 -s wrr\n-Z\n--set 0 0 99\n", &batch);
    CHECK(ipvs_batch_length(batch) == 5);
    DOES(ipvs_client_batch, client, batch, &report);
    CHECK(ipvs_report_failures(report) == 0);
    ipvs_report_free(report);
    ipvs_batch_free(batch);
    holds("-A -f 7 -s wrr\n");
}

static void of_plans(void)
{
    ipvs_table *wanted = table_of(TABLE);
    ipvs_scope *scope = ipvs_scope_everything();
    ipvs_plan *plan;
    ipvs_text *text = NOTHING;
    DOES(ipvs_client_plan, client, wanted, scope, &plan);
    NULL_REFUSED(ipvs_plan_to_rules, plan, NULL, 0, &text);
    NULL_REFUSED(ipvs_plan_to_rules, text, plan, 0, NULL);
    FAILS(IPVS_INVALID_INPUT, ipvs_plan_to_rules, plan, 1u << 31, &text);
    CHECK(text == NOTHING);
    DOES(ipvs_plan_to_rules, plan, 0, &text);
    SAME(ipvs_text_data(text), TABLE);
    have(ipvs_text_data(text));
    holds(TABLE);
    ipvs_text_free(text);
    ipvs_plan_free(plan);
    ipvs_scope_free(scope);
    ipvs_table_free(wanted);
}

const test rules_tests[] = {
    EVERYWHERE(to_tables_and_back),
    EVERYWHERE(extras),
    EVERYWHERE(lines_that_are_none),
    EVERYWHERE(to_batches),
    EVERYWHERE(of_plans),
    END
};

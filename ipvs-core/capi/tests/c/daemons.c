/* Sync daemons. */
#include <errno.h>
#include <linux/ip_vs.h>
#include "suite.h"

static void roles(void)
{
    uint32_t role = 0;
    DOES(ipvs_daemon_role_parse, "master", &role);
    CHECK(role == IPVS_MASTER);
    DOES(ipvs_daemon_role_parse, "backup", &role);
    CHECK(role == IPVS_BACKUP);
    FORMATS(ipvs_daemon_role_format, IPVS_MASTER, "master");
    FORMATS(ipvs_daemon_role_format, IPVS_BACKUP, "backup");
    FORMATS(ipvs_daemon_role_format, 0, "");
    FORMATS(ipvs_daemon_role_format, 3, "");
    FAILS(IPVS_INVALID_INPUT, ipvs_daemon_role_parse, "slave", &role);
    NOT_TEXT(ipvs_daemon_role_parse, text, GARBAGE, &role);
    NULL_REFUSED(ipvs_daemon_role_parse, text, NULL, &role);
    NULL_REFUSED(ipvs_daemon_role_parse, role, "master", NULL);
    CHECK(role == IPVS_BACKUP);
    NULL_TAKEN(ipvs_daemon_role_format, buffer, ipvs_daemon_role_format(1, NULL, 0) == 6);
}

static void texts(void)
{
    const char *const all[] = {
        "master eth1 sync-id 7",
        "backup sync0 sync-id 0",
    };
    ipvs_daemon daemon = IPVS_DAEMON_INIT;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        DOES(ipvs_daemon_parse, all[i], &daemon);
        SAME(text_of_daemon(&daemon), all[i]);
        FORMATS(ipvs_daemon_format, &daemon, all[i]);
    }
    CHECK(daemon.role == IPVS_BACKUP && daemon.size == sizeof daemon);
    SAME(daemon.interface, "sync0");
    SIZES_OUT(ipvs_daemon_parse, daemon, ipvs_daemon, all[0], it);
    FAILS(IPVS_INVALID_INPUT, ipvs_daemon_parse, "master", &daemon);
    FAILS(IPVS_INVALID_INPUT, ipvs_daemon_parse, "master an-interface-too-long", &daemon);
    NOT_TEXT(ipvs_daemon_parse, text, GARBAGE, &daemon);
    NULL_REFUSED(ipvs_daemon_parse, text, NULL, &daemon);
    NULL_REFUSED(ipvs_daemon_parse, daemon, all[0], NULL);
    SAME(text_of_daemon(&daemon), all[1]);
    NULL_TAKEN(ipvs_daemon_format, daemon, ipvs_daemon_format(NULL, NULL, 0) == 0);
    NULL_TAKEN(ipvs_daemon_format, buffer, ipvs_daemon_format(&daemon, NULL, 0) == strlen(all[1]));
    daemon.role = 0;
    FORMATS(ipvs_daemon_format, &daemon, "");
}

static void starting_and_stopping(void)
{
    ipvs_daemon master = daemon_of("master sync0 sync-id 7"), backup = daemon_of("backup sync0");
    have_sync0();
    DOES(ipvs_client_start_daemon, client, &master);
    FAILS(IPVS_ALREADY_EXISTS, ipvs_client_start_daemon, client, &master);
    SIZES_IN(ipvs_client_start_daemon, daemon, ipvs_daemon, backup, client, it);
    DOES(ipvs_client_stop_daemon, client, IPVS_MASTER);
    FAILS(IPVS_DAEMON_NOT_RUNNING, ipvs_client_stop_daemon, client, IPVS_MASTER);
    DOES(ipvs_client_stop_daemon, client, IPVS_BACKUP);
    NULL_REFUSED(ipvs_client_start_daemon, client, NULL, &master);
    NULL_REFUSED(ipvs_client_start_daemon, daemon, client, NULL);
    NULL_REFUSED(ipvs_client_stop_daemon, client, NULL, IPVS_MASTER);
}

static void starting_what_is_no_daemon(void)
{
    ipvs_daemon master = daemon_of("master sync0 sync-id 7"), wrong = master;
    FAILS(IPVS_INVALID_INPUT, ipvs_client_start_daemon, client, &master);
    have_sync0();
    wrong.role = 3;
    REFUSED("role", ipvs_client_start_daemon, client, &wrong);
    wrong = master;
    wrong.reserved[6] = 1;
    REFUSED("reserved", ipvs_client_start_daemon, client, &wrong);
    wrong = master;
    wrong.interface[0] = '\0';
    REFUSED("interface", ipvs_client_start_daemon, client, &wrong);
    memset(wrong.interface, 'a', sizeof wrong.interface);
    REFUSED("interface", ipvs_client_start_daemon, client, &wrong);
    wrong = master;
    wrong.group = address_of("192.0.2.1");
    REFUSED("group", ipvs_client_start_daemon, client, &wrong);
    wrong.group.family = 3;
    REFUSED("family", ipvs_client_start_daemon, client, &wrong);
    wrong = master;
    wrong.sync_id = 256;
    REFUSED("sync_id", ipvs_client_start_daemon, client, &wrong);
    REFUSED("role", ipvs_client_stop_daemon, client, 0);
    REFUSED("role", ipvs_client_stop_daemon, client, 3);
}

static void listing(void)
{
    ipvs_daemon_list *list;
    ipvs_daemon daemon = IPVS_DAEMON_INIT;
    ipvs_daemon master = daemon_of("master sync0 sync-id 7");
    have_sync0();
    DOES(ipvs_client_daemons, client, &list);
    CHECK(ipvs_daemon_list_length(list) == 0);
    ipvs_daemon_list_free(list);
    master.group = address_of("224.0.0.99");
    master.port = 9999;
    master.ttl = 3;
    master.max_length = 1000;
    DOES(ipvs_client_start_daemon, client, &master);
    DOES(ipvs_client_daemons, client, &list);
    CHECK(ipvs_daemon_list_length(list) == 1);
    DOES(ipvs_daemon_list_at, list, 0, &daemon);
    CHECK(memcmp(&daemon, &master, sizeof daemon) == 0);
    REFUSED("index", ipvs_daemon_list_at, list, 1, &daemon);
    REFUSED("index", ipvs_daemon_list_at, list, SIZE_MAX, &daemon);
    NULL_REFUSED(ipvs_daemon_list_at, list, NULL, 0, &daemon);
    NULL_REFUSED(ipvs_daemon_list_at, daemon, list, 0, NULL);
    SIZES_OUT(ipvs_daemon_list_at, daemon, ipvs_daemon, list, 0, it);
    ipvs_daemon_list_free(list);
    DOES(ipvs_client_stop_daemon, client, IPVS_MASTER);

    list = NOTHING;
    NULL_REFUSED(ipvs_client_daemons, client, NULL, &list);
    NULL_REFUSED(ipvs_client_daemons, list, client, NULL);
    CHECK(list == NOTHING);
    NULL_TAKEN(ipvs_daemon_list_length, list, ipvs_daemon_list_length(NULL) == 0);
    FREES_NULL(ipvs_daemon_list_free);
}

/* A group that no interface leads to. */
static void starting_where_nothing_is_reached(void)
{
    ipvs_daemon master = daemon_of("master sync0 sync-id 7");
    have_sync0();
    break_once(IPVS_FAULT_REFUSE, ENETUNREACH);
    FAILS(IPVS_IO, ipvs_client_start_daemon, client, &master);
    CHECK(last.error_number == ENETUNREACH);
}

/*
 * The kernel forgets to answer where the daemon's thread has not run yet; here the listing that
 * stands in for the answer has the daemon, too.
 */
static void stopping_what_runs_on(void)
{
    ipvs_daemon master = daemon_of("master sync0 sync-id 7");
    ipvs_fake_fault somebody = IPVS_FAKE_FAULT_INIT;
    ipvs_batch *again = ipvs_batch_new();
    have_sync0();
    DOES(ipvs_client_start_daemon, client, &master);
    DOES(ipvs_batch_start_daemon, again, &master);
    somebody.when = IPVS_WHEN_COMMAND;
    somebody.command = IPVS_CMD_GET_DAEMON;
    somebody.what = IPVS_FAULT_CHANGE;
    somebody.changes = again;
    DOES(ipvs_fake_kernel_inject, kernel, &somebody);
    FAILS(IPVS_IO, ipvs_client_stop_daemon, client, IPVS_MASTER);
    CHECK(last.applied == IPVS_APPLIED_UNKNOWN);
    SAME(last.cure, "try again");
    ipvs_batch_free(again);
}

const test daemons_tests[] = {
    EVERYWHERE(roles),
    EVERYWHERE(texts),
    EVERYWHERE(starting_and_stopping),
    EVERYWHERE(starting_what_is_no_daemon),
    EVERYWHERE(listing),
    ON_THE_FAKE(starting_where_nothing_is_reached, "it injects a fault"),
    ON_THE_FAKE(stopping_what_runs_on, "it injects a fault"),
    END
};

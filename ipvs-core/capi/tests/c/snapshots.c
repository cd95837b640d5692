/* Snapshots. */
#include <linux/ip_vs.h>
#include "suite.h"

#define TABLE \
    "-A -t 192.0.2.1:80 -s wrr\n" \
    "-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m -w 3\n" \
    "-a -t 192.0.2.1:80 -r 10.0.3.101:8080 -m -w 1\n" \
    "-A -f 7 -s rr\n"

static void everything(void)
{
    ipvs_snapshot *seen = NOTHING, *listed;
    ipvs_kernel_info info = IPVS_KERNEL_INFO_INIT;
    ipvs_timeouts timeouts = IPVS_TIMEOUTS_INIT;
    have(TABLE);
    NULL_REFUSED(ipvs_client_snapshot, client, NULL, &seen);
    NULL_REFUSED(ipvs_client_snapshot, snapshot, client, NULL);
    NULL_REFUSED(ipvs_client_list, client, NULL, &seen);
    NULL_REFUSED(ipvs_client_list, snapshot, client, NULL);
    CHECK(seen == NOTHING);
    DOES(ipvs_client_list, client, &listed);
    DOES(ipvs_client_snapshot, client, &seen);
    CHECK(ipvs_snapshot_services_length(seen) == 2);
    CHECK(ipvs_snapshot_services_length(listed) == 2);
    ipvs_snapshot_free(listed);

    DOES(ipvs_snapshot_info, seen, &info);
    CHECK(info.version[0] == 1 && info.connection_table_size >= 256);
    SIZES_OUT(ipvs_snapshot_info, info, ipvs_kernel_info, seen, it);
    NULL_REFUSED(ipvs_snapshot_info, snapshot, NULL, &info);
    NULL_REFUSED(ipvs_snapshot_info, info, seen, NULL);
    DOES(ipvs_snapshot_timeouts, seen, &timeouts);
    CHECK(timeouts.tcp_seconds == 900);
    SIZES_OUT(ipvs_snapshot_timeouts, timeouts, ipvs_timeouts, seen, it);
    NULL_REFUSED(ipvs_snapshot_timeouts, snapshot, NULL, &timeouts);
    NULL_REFUSED(ipvs_snapshot_timeouts, timeouts, seen, NULL);
    ipvs_snapshot_free(seen);
    FREES_NULL(ipvs_snapshot_free);
}

static void its_services(void)
{
    ipvs_snapshot *seen;
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    ipvs_service_key mark = key_of("fwmark 7"), none = key_of("fwmark 8");
    size_t index = 99;
    bool found = false;
    have(TABLE);
    DOES(ipvs_client_snapshot, client, &seen);
    DOES(ipvs_snapshot_service_at, seen, 0, &entry);
    SAME(text_of_service(&entry.service), "tcp 192.0.2.1:80 scheduler wrr");
    CHECK(entry.service.size == sizeof entry.service);
    SIZES_OUT(ipvs_snapshot_service_at, entry, ipvs_service_entry, seen, 1, it);
    REFUSED("index", ipvs_snapshot_service_at, seen, 2, &entry);
    REFUSED("index", ipvs_snapshot_service_at, seen, SIZE_MAX, &entry);
    NULL_REFUSED(ipvs_snapshot_service_at, snapshot, NULL, 0, &entry);
    NULL_REFUSED(ipvs_snapshot_service_at, entry, seen, 0, NULL);

    DOES(ipvs_snapshot_find, seen, &none, &index, &found);
    CHECK(!found && index == 99);
    DOES(ipvs_snapshot_find, seen, &mark, &index, &found);
    CHECK(found && index == 1);
    NULL_REFUSED(ipvs_snapshot_find, snapshot, NULL, &mark, &index, &found);
    NULL_REFUSED(ipvs_snapshot_find, key, seen, NULL, &index, &found);
    NULL_REFUSED(ipvs_snapshot_find, index, seen, &mark, NULL, &found);
    NULL_REFUSED(ipvs_snapshot_find, found, seen, &mark, &index, NULL);
    none.family = 1;
    REFUSED("family", ipvs_snapshot_find, seen, &none, &index, &found);
    CHECK(found && index == 1);
    ipvs_snapshot_free(seen);
    NULL_TAKEN(ipvs_snapshot_services_length, snapshot, ipvs_snapshot_services_length(NULL) == 0);
}

static void its_dests(void)
{
    ipvs_snapshot *seen;
    ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
    have(TABLE);
    DOES(ipvs_client_snapshot, client, &seen);
    CHECK(ipvs_snapshot_dests_length(seen, 0) == 2 && ipvs_snapshot_dests_length(seen, 1) == 0);
    CHECK(ipvs_snapshot_dests_length(seen, 2) == 0);
    CHECK(ipvs_snapshot_dests_length(seen, SIZE_MAX) == 0);
    DOES(ipvs_snapshot_dest_at, seen, 0, 0, &entry);
    SAME(text_of_dest(&entry.dest), "10.0.3.100:8080 masquerade weight 3");
    SIZES_OUT(ipvs_snapshot_dest_at, entry, ipvs_dest_entry, seen, 0, 1, it);
    REFUSED("index", ipvs_snapshot_dest_at, seen, 0, 2, &entry);
    REFUSED("index", ipvs_snapshot_dest_at, seen, 1, 0, &entry);
    REFUSED("index", ipvs_snapshot_dest_at, seen, 2, 0, &entry);
    NULL_REFUSED(ipvs_snapshot_dest_at, snapshot, NULL, 0, 0, &entry);
    NULL_REFUSED(ipvs_snapshot_dest_at, entry, seen, 0, 0, NULL);
    ipvs_snapshot_free(seen);
    NULL_TAKEN(ipvs_snapshot_dests_length, snapshot, ipvs_snapshot_dests_length(NULL, 0) == 0);
}

static void its_daemons(void)
{
    ipvs_daemon backup = daemon_of("backup sync0 sync-id 9"), read = IPVS_DAEMON_INIT;
    ipvs_snapshot *seen;
    have_sync0();
    DOES(ipvs_client_start_daemon, client, &backup);
    DOES(ipvs_client_snapshot, client, &seen);
    CHECK(ipvs_snapshot_daemons_length(seen) == 1);
    DOES(ipvs_snapshot_daemon_at, seen, 0, &read);
    CHECK(read.role == IPVS_BACKUP && read.sync_id == 9 && read.port == 8848 && read.ttl == 1);
    SIZES_OUT(ipvs_snapshot_daemon_at, daemon, ipvs_daemon, seen, 0, it);
    REFUSED("index", ipvs_snapshot_daemon_at, seen, 1, &read);
    NULL_REFUSED(ipvs_snapshot_daemon_at, snapshot, NULL, 0, &read);
    NULL_REFUSED(ipvs_snapshot_daemon_at, daemon, seen, 0, NULL);
    ipvs_snapshot_free(seen);
    DOES(ipvs_client_stop_daemon, client, IPVS_BACKUP);
    NULL_TAKEN(ipvs_snapshot_daemons_length, snapshot, ipvs_snapshot_daemons_length(NULL) == 0);
}

static void its_table(void)
{
    ipvs_snapshot *seen;
    ipvs_table *table = NOTHING;
    bool has = false;
    ipvs_timeouts timeouts = IPVS_TIMEOUTS_INIT;
    have(TABLE);
    DOES(ipvs_client_snapshot, client, &seen);
    NULL_REFUSED(ipvs_snapshot_table, snapshot, NULL, &table);
    NULL_REFUSED(ipvs_snapshot_table, table, seen, NULL);
    CHECK(table == NOTHING);
    DOES(ipvs_snapshot_table, seen, &table);
    ipvs_snapshot_free(seen);
    CHECK(ipvs_table_services_length(table) == 2 && ipvs_table_owns_daemons(table));
    DOES(ipvs_table_timeouts, table, &timeouts, &has);
    CHECK(has && timeouts.udp_seconds == 300);
    ipvs_table_free(table);
    holds(TABLE);
}

/* Somebody else adds a service at each look. */
static void a_table_that_never_stands_still(void)
{
    ipvs_snapshot *seen = NOTHING;
    ipvs_fake_fault fault = IPVS_FAKE_FAULT_INIT;
    have(TABLE);
    fault.when = IPVS_WHEN_COMMAND;
    fault.command = IPVS_CMD_GET_SERVICE;
    fault.what = IPVS_FAULT_CHANGE;
    for (fault.after = 0; fault.after < 100; fault.after++) {
        char rule[64];
        ipvs_batch *somebodys;
        snprintf(rule, sizeof rule, "-A -f %d -s rr", 100 + (int)fault.after);
        DOES(ipvs_batch_from_rules, rule, &somebodys);
        fault.changes = somebodys;
        DOES(ipvs_fake_kernel_inject, kernel, &fault);
        ipvs_batch_free(somebodys);
    }
    FAILS(IPVS_CHANGED_WHILE_READING, ipvs_client_snapshot, client, &seen);
    CHECK(seen == NOTHING);
    DOES(ipvs_client_list, client, &seen);
    ipvs_snapshot_free(seen);
    ipvs_fake_kernel_clear_faults(kernel);
}

const test snapshots_tests[] = {
    EVERYWHERE(everything),
    EVERYWHERE(its_services),
    EVERYWHERE(its_dests),
    EVERYWHERE(its_daemons),
    EVERYWHERE(its_table),
    ON_THE_FAKE(a_table_that_never_stands_still, "it injects faults"),
    END
};

/* Tables. */
#include "suite.h"

static void services(void)
{
    ipvs_table *table = ipvs_table_new();
    ipvs_service web = service_of("tcp 192.0.2.1:80 scheduler wrr"), read = IPVS_SERVICE_INIT;
    size_t index = 99;
    CHECK(table && ipvs_table_services_length(table) == 0);
    DOES(ipvs_table_add_service, table, &web, &index);
    CHECK(index == 0 && ipvs_table_services_length(table) == 1);
    DOES(ipvs_table_service_at, table, 0, &read);
    SAME(text_of_service(&read), "tcp 192.0.2.1:80 scheduler wrr");
    web.key = key_of("fwmark 7");
    SIZES_IN(ipvs_table_add_service, service, ipvs_service, web, table, it, &index);
    CHECK(index == 1);
    NULL_TAKEN(ipvs_table_add_service, index,
               ipvs_table_add_service(table, &web, NULL, NULL) == IPVS_OK);
    SIZES_OUT(ipvs_table_service_at, service, ipvs_service, table, 1, it);
    REFUSED("index", ipvs_table_service_at, table, 3, &read);
    REFUSED("index", ipvs_table_service_at, table, SIZE_MAX, &read);
    NULL_REFUSED(ipvs_table_service_at, table, NULL, 0, &read);
    NULL_REFUSED(ipvs_table_service_at, service, table, 0, NULL);
    SAME(text_of_service(&read), "tcp 192.0.2.1:80 scheduler wrr");

    NULL_REFUSED(ipvs_table_add_service, table, NULL, &web, &index);
    NULL_REFUSED(ipvs_table_add_service, service, table, NULL, &index);
    web.key.family = 1;
    REFUSED("family", ipvs_table_add_service, table, &web, &index);
    CHECK(index == 1 && ipvs_table_services_length(table) == 3);
    ipvs_table_free(table);
    NULL_TAKEN(ipvs_table_services_length, table, ipvs_table_services_length(NULL) == 0);
    FREES_NULL(ipvs_table_free);
}

static void dests(void)
{
    ipvs_table *table = table_of("-A -t 192.0.2.1:80 -s rr\n-A -f 7 -s rr\n");
    ipvs_dest dest = dest_of("10.0.3.100:8080 masquerade weight 3"), read = IPVS_DEST_INIT;
    DOES(ipvs_table_add_dest, table, 1, &dest);
    CHECK(ipvs_table_dests_length(table, 0) == 0 && ipvs_table_dests_length(table, 1) == 1);
    DOES(ipvs_table_dest_at, table, 1, 0, &read);
    SAME(text_of_dest(&read), "10.0.3.100:8080 masquerade weight 3");
    SIZES_IN(ipvs_table_add_dest, dest, ipvs_dest, dest, table, 1, it);
    SIZES_OUT(ipvs_table_dest_at, dest, ipvs_dest, table, 1, 1, it);
    REFUSED("index", ipvs_table_dest_at, table, 1, 2, &read);
    REFUSED("index", ipvs_table_dest_at, table, 2, 0, &read);
    REFUSED("index", ipvs_table_dest_at, table, SIZE_MAX, SIZE_MAX, &read);
    NULL_REFUSED(ipvs_table_dest_at, table, NULL, 0, 0, &read);
    NULL_REFUSED(ipvs_table_dest_at, dest, table, 1, 0, NULL);

    FAILS(IPVS_INVALID_INPUT, ipvs_table_add_dest, table, 2, &dest);
    FAILS(IPVS_INVALID_INPUT, ipvs_table_add_dest, table, SIZE_MAX, &dest);
    NULL_REFUSED(ipvs_table_add_dest, table, NULL, 0, &dest);
    NULL_REFUSED(ipvs_table_add_dest, dest, table, 0, NULL);
    dest.forward = IPVS_FORWARD_UNSET;
    REFUSED("forward", ipvs_table_add_dest, table, 0, &dest);
    CHECK(ipvs_table_dests_length(table, 1) == 2);
    CHECK(ipvs_table_dests_length(table, 2) == 0 && ipvs_table_dests_length(table, SIZE_MAX) == 0);
    ipvs_table_free(table);
    NULL_TAKEN(ipvs_table_dests_length, table, ipvs_table_dests_length(NULL, 0) == 0);
}

static void timeouts(void)
{
    ipvs_table *table = ipvs_table_new();
    ipvs_timeouts timeouts = IPVS_TIMEOUTS_INIT, read = IPVS_TIMEOUTS_INIT;
    bool has = true;
    DOES(ipvs_table_timeouts, table, &read, &has);
    CHECK(!has && read.tcp_seconds == 0);
    timeouts.tcp_seconds = 1;
    timeouts.tcp_fin_seconds = 2;
    timeouts.udp_seconds = 3;
    SIZES_IN(ipvs_table_set_timeouts, timeouts, ipvs_timeouts, timeouts, table, it);
    DOES(ipvs_table_timeouts, table, &read, &has);
    CHECK(has && read.tcp_seconds == 1 && read.tcp_fin_seconds == 2 && read.udp_seconds == 3);
    SIZES_OUT(ipvs_table_timeouts, timeouts, ipvs_timeouts, table, it, &has);
    NULL_REFUSED(ipvs_table_set_timeouts, table, NULL, &timeouts);
    timeouts.reserved = 1;
    REFUSED("reserved", ipvs_table_set_timeouts, table, &timeouts);
    NULL_REFUSED(ipvs_table_timeouts, table, NULL, &read, &has);
    NULL_REFUSED(ipvs_table_timeouts, timeouts, table, NULL, &has);
    NULL_REFUSED(ipvs_table_timeouts, has, table, &read, NULL);
    NULL_TAKEN(ipvs_table_set_timeouts, timeouts,
               ipvs_table_set_timeouts(table, NULL, NULL) == IPVS_OK);
    DOES(ipvs_table_timeouts, table, &read, &has);
    CHECK(!has);
    ipvs_table_free(table);
}

static void daemons(void)
{
    ipvs_table *table = ipvs_table_new();
    ipvs_daemon master = daemon_of("master eth1 sync-id 7"), read = IPVS_DAEMON_INIT;
    CHECK(!ipvs_table_owns_daemons(table) && ipvs_table_daemons_length(table) == 0);
    DOES(ipvs_table_own_daemons, table);
    CHECK(ipvs_table_owns_daemons(table) && ipvs_table_daemons_length(table) == 0);
    DOES(ipvs_table_add_daemon, table, &master);
    DOES(ipvs_table_own_daemons, table);
    CHECK(ipvs_table_daemons_length(table) == 1);
    DOES(ipvs_table_daemon_at, table, 0, &read);
    SAME(text_of_daemon(&read), "master eth1 sync-id 7");
    SIZES_IN(ipvs_table_add_daemon, daemon, ipvs_daemon, master, table, it);
    SIZES_OUT(ipvs_table_daemon_at, daemon, ipvs_daemon, table, 1, it);
    REFUSED("index", ipvs_table_daemon_at, table, 2, &read);
    NULL_REFUSED(ipvs_table_daemon_at, table, NULL, 0, &read);
    NULL_REFUSED(ipvs_table_daemon_at, daemon, table, 0, NULL);
    NULL_REFUSED(ipvs_table_add_daemon, table, NULL, &master);
    master.role = 0;
    REFUSED("role", ipvs_table_add_daemon, table, &master);
    NULL_REFUSED(ipvs_table_add_daemon, daemon, table, NULL);
    NULL_REFUSED(ipvs_table_own_daemons, table, NULL);
    CHECK(ipvs_table_daemons_length(table) == 2);
    ipvs_table_free(table);

    table = ipvs_table_new();
    master.role = IPVS_MASTER;
    DOES(ipvs_table_add_daemon, table, &master);
    CHECK(ipvs_table_owns_daemons(table));
    REFUSED("index", ipvs_table_daemon_at, table, 1, &read);
    ipvs_table_free(table);
    NULL_TAKEN(ipvs_table_owns_daemons, table, !ipvs_table_owns_daemons(NULL));
    NULL_TAKEN(ipvs_table_daemons_length, table, ipvs_table_daemons_length(NULL) == 0);
}

const test tables_tests[] = {
    EVERYWHERE(services),
    EVERYWHERE(dests),
    EVERYWHERE(timeouts),
    EVERYWHERE(daemons),
    END
};

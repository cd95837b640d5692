/* What happens in a fake namespace: interfaces, counters, connections. */
#include "suite.h"

static ipvs_service_key web, no_service;
static ipvs_dest_key server, no_dest;
static ipvs_stats stats;

static void have_a_dest(void)
{
    web = key_of("tcp 192.0.2.1:80");
    no_service = key_of("tcp 192.0.2.9:80");
    server = dest_key_of("10.0.3.100:8080");
    no_dest = dest_key_of("10.0.3.9:8080");
    memset(&stats, 0, sizeof stats);
    stats.width = 64;
    stats.connections = 7;
    stats.incoming_bytes = 1000;
    have("-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.3.100:8080 -m");
}

static void interfaces(void)
{
    ipvs_fake_interface eth1 = IPVS_FAKE_INTERFACE_INIT, wrong;
    ipvs_fake_address address = { address_of("10.9.0.1"), 24, { 0 } };
    bool done = false;
    strcpy(eth1.name, "eth1");
    eth1.mtu = 9000;
    eth1.down = 1;
    eth1.addresses = &address;
    eth1.addresses_length = 1;
    DOES(ipvs_fake_namespace_set_interface, space, &eth1);
    DOES(ipvs_fake_namespace_remove_interface, space, "eth1", &done);
    CHECK(done);
    DOES(ipvs_fake_namespace_remove_interface, space, "eth1", &done);
    CHECK(!done);
    SIZES_IN(ipvs_fake_namespace_set_interface, interface, ipvs_fake_interface, eth1, space, it);
    NULL_TAKEN(ipvs_fake_namespace_remove_interface, done,
               ipvs_fake_namespace_remove_interface(space, "eth1", NULL, NULL) == IPVS_OK);
    wrong = eth1;
    wrong.name[0] = '\0';
    REFUSED("name", ipvs_fake_namespace_set_interface, space, &wrong);
    strcpy(wrong.name, GARBAGE);
    REFUSED("name", ipvs_fake_namespace_set_interface, space, &wrong);
    memset(wrong.name, 'a', sizeof wrong.name);
    REFUSED("name", ipvs_fake_namespace_set_interface, space, &wrong);
    wrong = eth1;
    wrong.down = 2;
    REFUSED("down", ipvs_fake_namespace_set_interface, space, &wrong);
    wrong = eth1;
    wrong.addresses = NULL;
    REFUSED("addresses", ipvs_fake_namespace_set_interface, space, &wrong);
    NULL_REFUSED(ipvs_fake_namespace_set_interface, space, NULL, &eth1);
    address.reserved[2] = 1;
    REFUSED("reserved", ipvs_fake_namespace_set_interface, space, &eth1);
    NULL_REFUSED(ipvs_fake_namespace_set_interface, interface, space, NULL);
    NOT_TEXT(ipvs_fake_namespace_remove_interface, name, space, GARBAGE, &done);
    NULL_REFUSED(ipvs_fake_namespace_remove_interface, space, NULL, "eth1", &done);
    NULL_REFUSED(ipvs_fake_namespace_remove_interface, name, space, NULL, &done);
    CHECK(!done);
}

static void counting(void)
{
    ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
    have_a_dest();
    DOES(ipvs_fake_namespace_count, space, &web, &server, &stats);
    DOES(ipvs_fake_kernel_advance, kernel, 2000);
    DOES(ipvs_client_dest, client, &web, &server, &entry);
    CHECK(entry.stats.connections == 7 && entry.stats.incoming_bytes == 1000);
    CHECK(entry.stats.connections_per_second > 0);
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_fake_namespace_count, space, &no_service, &server, &stats);
    FAILS(IPVS_DEST_NOT_FOUND, ipvs_fake_namespace_count, space, &web, &no_dest, &stats);
    stats.width = 16;
    REFUSED("width", ipvs_fake_namespace_count, space, &web, &server, &stats);
    NULL_REFUSED(ipvs_fake_namespace_count, traffic, space, &web, &server, NULL);
    stats.width = 64;
    NULL_REFUSED(ipvs_fake_namespace_count, space, NULL, &web, &server, &stats);
    NULL_REFUSED(ipvs_fake_namespace_count, service, space, NULL, &server, &stats);
    NULL_REFUSED(ipvs_fake_namespace_count, dest, space, &web, NULL, &stats);
}

static void setting_counters(void)
{
    ipvs_service_entry service = IPVS_SERVICE_ENTRY_INIT;
    ipvs_dest_entry dest = IPVS_DEST_ENTRY_INIT;
    ipvs_stats total;
    have_a_dest();
    DOES(ipvs_fake_namespace_set_service_stats, space, &web, &stats);
    DOES(ipvs_client_service, client, &web, &service);
    CHECK(memcmp(&service.stats, &stats, sizeof stats) == 0);
    stats.connections = 8;
    DOES(ipvs_fake_namespace_set_dest_stats, space, &web, &server, &stats);
    DOES(ipvs_client_dest, client, &web, &server, &dest);
    CHECK(memcmp(&dest.stats, &stats, sizeof stats) == 0);
    stats.connections = 9;
    DOES(ipvs_fake_namespace_set_total_stats, space, &stats);
    DOES(ipvs_client_total_stats, client, &total);
    CHECK(memcmp(&total, &stats, sizeof stats) == 0);
    DOES(ipvs_client_zero_service, client, &web);
    DOES(ipvs_client_service, client, &web, &service);
    CHECK(service.stats.connections == 0);

    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_fake_namespace_set_service_stats, space, &no_service,
          &stats);
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_fake_namespace_set_dest_stats, space, &no_service, &server,
          &stats);
    FAILS(IPVS_DEST_NOT_FOUND, ipvs_fake_namespace_set_dest_stats, space, &web, &no_dest, &stats);
    NULL_REFUSED(ipvs_fake_namespace_set_service_stats, space, NULL, &web, &stats);
    NULL_REFUSED(ipvs_fake_namespace_set_service_stats, service, space, NULL, &stats);
    NULL_REFUSED(ipvs_fake_namespace_set_service_stats, stats, space, &web, NULL);
    NULL_REFUSED(ipvs_fake_namespace_set_dest_stats, space, NULL, &web, &server, &stats);
    NULL_REFUSED(ipvs_fake_namespace_set_dest_stats, service, space, NULL, &server, &stats);
    NULL_REFUSED(ipvs_fake_namespace_set_dest_stats, dest, space, &web, NULL, &stats);
    NULL_REFUSED(ipvs_fake_namespace_set_dest_stats, stats, space, &web, &server, NULL);
    NULL_REFUSED(ipvs_fake_namespace_set_total_stats, space, NULL, &stats);
    NULL_REFUSED(ipvs_fake_namespace_set_total_stats, stats, space, NULL);
}

static void a_dests_connections(void)
{
    ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
    have_a_dest();
    DOES(ipvs_fake_namespace_set_dest_connections, space, &web, &server, 1, 2, 3);
    DOES(ipvs_client_dest, client, &web, &server, &entry);
    CHECK(entry.active_connections == 1 && entry.inactive_connections == 2);
    CHECK(entry.persistent_connections == 3);
    FAILS(IPVS_SERVICE_NOT_FOUND, ipvs_fake_namespace_set_dest_connections, space, &no_service,
          &server, 0, 0, 0);
    FAILS(IPVS_DEST_NOT_FOUND, ipvs_fake_namespace_set_dest_connections, space, &web, &no_dest,
          0, 0, 0);
    NULL_REFUSED(ipvs_fake_namespace_set_dest_connections, space, NULL, &web, &server, 0, 0, 0);
    NULL_REFUSED(ipvs_fake_namespace_set_dest_connections, service, space, NULL, &server, 0, 0, 0);
    NULL_REFUSED(ipvs_fake_namespace_set_dest_connections, dest, space, &web, NULL, 0, 0, 0);
}

static void the_connection_table(void)
{
    ipvs_connection row = IPVS_CONNECTION_INIT, wrong;
    ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
    have_a_dest();
    row.service = web;
    row.dest = server;
    row.client = address_of("10.0.1.50");
    row.client_port = 4000;
    row.expires_seconds = 60;
    strcpy(row.state, "ESTABLISHED");
    SIZES_IN(ipvs_fake_namespace_set_connections, connections, ipvs_connection, row, space, it, 1);
    DOES(ipvs_client_dest, client, &web, &server, &entry);
    CHECK(entry.active_connections == 1);
    DOES(ipvs_fake_kernel_advance, kernel, 61000);
    DOES(ipvs_client_dest, client, &web, &server, &entry);
    CHECK(entry.active_connections == 0);
    wrong = row;
    wrong.reserved[1] = 1;
    REFUSED("reserved", ipvs_fake_namespace_set_connections, space, &wrong, 1);
    wrong = row;
    wrong.origin = 3;
    REFUSED("origin", ipvs_fake_namespace_set_connections, space, &wrong, 1);
    wrong = row;
    wrong.persistence_length = 256;
    REFUSED("persistence_length", ipvs_fake_namespace_set_connections, space, &wrong, 1);
    wrong = row;
    memset(wrong.state, 'a', sizeof wrong.state);
    REFUSED("state", ipvs_fake_namespace_set_connections, space, &wrong, 1);
    wrong = row;
    wrong.client.family = 0;
    REFUSED("family", ipvs_fake_namespace_set_connections, space, &wrong, 1);
    NULL_REFUSED(ipvs_fake_namespace_set_connections, space, NULL, &row, 1);
    NULL_REFUSED(ipvs_fake_namespace_set_connections, connections, space, NULL, 1);
    NULL_TAKEN(ipvs_fake_namespace_set_connections, connections,
               ipvs_fake_namespace_set_connections(space, NULL, 0, NULL) == IPVS_OK);
}

static void without_the_module(void)
{
    ipvs_connection row = IPVS_CONNECTION_INIT;
    have_a_dest();
    DOES(ipvs_client_flush, client);
    DOES(ipvs_fake_kernel_unload_module, kernel, "ip_vs", NULL);
    FAILS(IPVS_MODULE_MISSING, ipvs_fake_namespace_count, space, &web, &server, &stats);
    FAILS(IPVS_MODULE_MISSING, ipvs_fake_namespace_set_service_stats, space, &web, &stats);
    FAILS(IPVS_MODULE_MISSING, ipvs_fake_namespace_set_dest_stats, space, &web, &server, &stats);
    FAILS(IPVS_MODULE_MISSING, ipvs_fake_namespace_set_total_stats, space, &stats);
    FAILS(IPVS_MODULE_MISSING, ipvs_fake_namespace_set_dest_connections, space, &web, &server, 0, 0,
          0);
    row.service = web;
    row.dest = server;
    row.client = address_of("10.0.1.50");
    FAILS(IPVS_MODULE_MISSING, ipvs_fake_namespace_set_connections, space, &row, 1);
}

#define ITSELF "it is about the fake itself"

const test traffic_tests[] = {
    ON_THE_FAKE(interfaces, ITSELF),
    ON_THE_FAKE(counting, ITSELF),
    ON_THE_FAKE(setting_counters, ITSELF),
    ON_THE_FAKE(a_dests_connections, ITSELF),
    ON_THE_FAKE(the_connection_table, ITSELF),
    ON_THE_FAKE(without_the_module, ITSELF),
    END
};

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The whole table by the modern API, in the lines that operations.c prints by the old one. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <ipvs.h>

static ipvs_error *failure;

/* Ends with what was wrong, if there was. */
static void must(ipvs_status status)
{
    if (status == IPVS_OK)
        return;
    fprintf(stderr, "%s\n", ipvs_error_message(failure));
    exit(1);
}

static const char *address(uint16_t family, const uint8_t *bytes)
{
    static char text[INET6_ADDRSTRLEN];
    return inet_ntop(family, bytes, text, sizeof text);
}

static void print_stats(const ipvs_stats *stats)
{
    printf(" stats %llu %llu %llu %llu %llu rates %llu %llu %llu %llu %llu\n",
           (unsigned long long)stats->connections, (unsigned long long)stats->incoming_packets,
           (unsigned long long)stats->outgoing_packets,
           (unsigned long long)stats->incoming_bytes, (unsigned long long)stats->outgoing_bytes,
           (unsigned long long)stats->connections_per_second,
           (unsigned long long)stats->incoming_packets_per_second,
           (unsigned long long)stats->outgoing_packets_per_second,
           (unsigned long long)stats->incoming_bytes_per_second,
           (unsigned long long)stats->outgoing_bytes_per_second);
}

static void print_dests(const ipvs_client *client, const ipvs_service_key *service)
{
    ipvs_dest_list *list;
    must(ipvs_client_dests(client, service, &list, &failure));
    for (size_t i = 0; i < ipvs_dest_list_length(list); i++) {
        ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
        must(ipvs_dest_list_at(list, i, &entry, &failure));
        const ipvs_dest *dest = &entry.dest;
        printf("  dest %s %u method %u weight %u thresholds %u %u tunnel %u %u %u",
               address(dest->key.family, dest->key.address), dest->key.port, dest->forward,
               dest->weight, dest->upper_threshold, dest->lower_threshold, dest->tunnel.kind,
               dest->tunnel.port, dest->tunnel.flags);
        printf(" connections %u %u %u", entry.active_connections, entry.inactive_connections,
               entry.persistent_connections);
        print_stats(&entry.stats);
    }
    ipvs_dest_list_free(list);
}

static void print_service(const ipvs_client *client, const ipvs_service_entry *entry)
{
    const ipvs_service *service = &entry->service;
    ipvs_dest_list *dests;
    char netmask[64];
    must(ipvs_client_dests(client, &service->key, &dests, &failure));
    ipvs_netmask_format(&service->persistence_netmask, netmask, sizeof netmask);
    printf("service %u %u %u %s %u", service->key.firewall_mark, service->key.family,
           service->key.protocol, address(service->key.family, service->key.address),
           service->key.port);
    printf(" %s flags %#x timeout %u netmask %s engine \"%s\" dests %zu", service->scheduler,
           service->flags, service->persistence_timeout_seconds, netmask,
           service->persistence_engine, ipvs_dest_list_length(dests));
    print_stats(&entry->stats);
    ipvs_dest_list_free(dests);
    print_dests(client, &service->key);
}

/* The old order has the family in front of the protocol. */
static void print_services(const ipvs_client *client, int marks, uint16_t family)
{
    ipvs_service_list *list;
    must(ipvs_client_services(client, &list, &failure));
    for (size_t i = 0; i < ipvs_service_list_length(list); i++) {
        ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
        must(ipvs_service_list_at(list, i, &entry, &failure));
        const ipvs_service_key *key = &entry.service.key;
        if ((key->firewall_mark != 0) == marks && key->family == family)
            print_service(client, &entry);
    }
    ipvs_service_list_free(list);
}

static void print_daemons(const ipvs_client *client)
{
    ipvs_daemon_list *list;
    must(ipvs_client_daemons(client, &list, &failure));
    for (size_t i = 0; i < ipvs_daemon_list_length(list); i++) {
        ipvs_daemon daemon = IPVS_DAEMON_INIT;
        must(ipvs_daemon_list_at(list, i, &daemon, &failure));
        printf("daemon %u %s %u %u %s %u %u\n", daemon.role, daemon.interface, daemon.sync_id,
               daemon.max_length, address(daemon.group.family, daemon.group.bytes), daemon.port,
               daemon.ttl);
    }
    ipvs_daemon_list_free(list);
}

int main(void)
{
    ipvs_client *client;
    ipvs_timeouts timeouts = IPVS_TIMEOUTS_INIT;
    must(ipvs_client_open(NULL, &client, &failure));
    for (int marks = 0; marks <= 1; marks++) {
        print_services(client, marks, IPVS_IPV4);
        print_services(client, marks, IPVS_IPV6);
    }
    must(ipvs_client_timeouts(client, &timeouts, &failure));
    printf("timeouts %u %u %u\n", timeouts.tcp_seconds, timeouts.tcp_fin_seconds,
           timeouts.udp_seconds);
    print_daemons(client);
    ipvs_client_free(client);
    return 0;
}

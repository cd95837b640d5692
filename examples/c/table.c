/* The IPVS table as text, laid out as `ipvsadm -Ln` lays it out. */
#include "story.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void print_service(const ipvs_service *service);
static void print_name(const ipvs_service_key *key);
static void print_persistence(const ipvs_service *service);
static void print_dest(const ipvs_dest_entry *entry);

ipvs_status print_banner(const ipvs_snapshot *seen, ipvs_error **error)
{
    ipvs_kernel_info info = IPVS_KERNEL_INFO_INIT;
    ipvs_status status = ipvs_snapshot_info(seen, &info, error);

    if (status == IPVS_OK)
        printf("IP Virtual Server version %d.%d.%d (size=%u)\n", info.version[0],
               info.version[1], info.version[2], (unsigned)info.connection_table_size);
    return status;
}

void print_titles(void)
{
    puts("Prot LocalAddress:Port Scheduler Flags");
    puts("  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn");
}

ipvs_status print_body(const ipvs_snapshot *seen, ipvs_error **error)
{
    ipvs_service_entry service = IPVS_SERVICE_ENTRY_INIT;
    ipvs_dest_entry dest = IPVS_DEST_ENTRY_INIT;
    ipvs_status status;

    for (size_t s = 0; s < ipvs_snapshot_services_length(seen); s++) {
        if ((status = ipvs_snapshot_service_at(seen, s, &service, error)) != IPVS_OK)
            return status;
        print_service(&service.service);
        for (size_t d = 0; d < ipvs_snapshot_dests_length(seen, s); d++) {
            if ((status = ipvs_snapshot_dest_at(seen, s, d, &dest, error)) != IPVS_OK)
                return status;
            print_dest(&dest);
        }
    }
    return IPVS_OK;
}

static void print_service(const ipvs_service *service)
{
    char flags[64];

    print_name(&service->key);
    printf(" %s", service->scheduler);
    if (ipvs_scheduler_flags_format(service->scheduler, service->flags, flags, sizeof flags) > 0)
        printf(" (%s)", flags);
    if (service->flags & IPVS_SERVICE_PERSISTENT)
        print_persistence(service);
    puts(service->flags & IPVS_SERVICE_ONE_PACKET ? " ops" : "");
}

static void print_name(const ipvs_service_key *key)
{
    char text[64], protocol[16];

    if (key->firewall_mark != 0) {
        printf("FWM  %u%s", (unsigned)key->firewall_mark, key->family == IPVS_IPV6 ? " IPv6" : "");
        return;
    }
    ipvs_protocol_format(key->protocol, protocol, sizeof protocol);
    for (char *c = protocol; *c != '\0'; c++)
        *c = (char)toupper((unsigned char)*c);
    ipvs_service_key_format(key, text, sizeof text);
    printf("%-4s %s", protocol, strrchr(text, ' ') + 1);
}

static void print_persistence(const ipvs_service *service)
{
    char mask[64];

    printf(" persistent %u", (unsigned)service->persistence_timeout_seconds);
    ipvs_netmask_format(&service->persistence_netmask, mask, sizeof mask);
    if (strcmp(mask, service->key.family == IPVS_IPV6 ? "128" : "255.255.255.255") != 0)
        printf(" mask %s", mask);
    if (service->persistence_engine[0] != '\0')
        printf(" pe %s", service->persistence_engine);
}

static void print_dest(const ipvs_dest_entry *entry)
{
    static const char *const forwards[] = {"Masq", "Local", "Tunnel", "Route"};
    const ipvs_dest *dest = &entry->dest;
    char key[64];

    ipvs_dest_key_format(&dest->key, key, sizeof key);
    printf("  -> %-28s %-7s %-6u %-10u %u\n", key,
           dest->forward <= IPVS_DIRECT_ROUTE ? forwards[dest->forward] : "Masq",
           (unsigned)dest->weight, (unsigned)entry->active_connections,
           (unsigned)entry->inactive_connections);
}

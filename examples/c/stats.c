/*
 *     ./stats            once a second, until Ctrl-C
 *     ./stats 3          three times
 *
 * Prints each service's connections and present rates. The kernel samples them every two seconds.
 */
#include "story.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static void print_stats(const ipvs_service_entry *entry)
{
    const ipvs_stats *stats = &entry->stats;
    char key[64];

    ipvs_service_key_format(&entry->service.key, key, sizeof key);
    printf("%-28s %10" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
           key, stats->connections, stats->connections_per_second,
           stats->incoming_packets_per_second, stats->outgoing_packets_per_second,
           stats->incoming_bytes_per_second, stats->outgoing_bytes_per_second);
}

static ipvs_status print_all(const ipvs_client *ipvs, ipvs_error **error)
{
    ipvs_service_list *list = NULL;
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    ipvs_status status = ipvs_client_services(ipvs, &list, error);

    printf("%-28s %10s %8s %8s %8s %10s %10s\n", "service", "conns", "conns/s", "in pk/s",
           "out pk/s", "in B/s", "out B/s");
    for (size_t i = 0; status == IPVS_OK && i < ipvs_service_list_length(list); i++)
        if ((status = ipvs_service_list_at(list, i, &entry, error)) == IPVS_OK)
            print_stats(&entry);
    ipvs_service_list_free(list);
    return status;
}

bool play(char **words, ipvs_error **error)
{
    unsigned long times = (unsigned long)-1;
    ipvs_client *ipvs = NULL;
    ipvs_status status;

    if (words[1] != NULL && !read_number(words[1], &times))
        return false;
    status = ipvs_client_open(NULL, &ipvs, error);
    for (unsigned long round = 0; status == IPVS_OK && round < times; round++) {
        if (round > 0)
            sleep(1);
        status = print_all(ipvs, error);
        fflush(stdout);
    }
    ipvs_client_free(ipvs);
    return status == IPVS_OK;
}

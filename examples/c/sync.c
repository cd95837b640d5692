/*
 *     ./sync master eth1 7      role, interface, sync id
 *
 * Starts a connection sync daemon, shows what is running with the kernel's defaults filled in,
 * and stops it on Enter or at the end of stdin.
 */
#include "story.h"

#include <stdio.h>

static ipvs_status running(const ipvs_client *ipvs, bool print, size_t *count, ipvs_error **error)
{
    ipvs_daemon_list *list = NULL;
    ipvs_daemon it = IPVS_DAEMON_INIT;
    char role[16], group[64];
    ipvs_status status = ipvs_client_daemons(ipvs, &list, error);

    *count = ipvs_daemon_list_length(list);
    for (size_t i = 0; print && status == IPVS_OK && i < *count; i++) {
        if ((status = ipvs_daemon_list_at(list, i, &it, error)) != IPVS_OK)
            break;
        ipvs_daemon_role_format(it.role, role, sizeof role);
        ipvs_address_format(&it.group, group, sizeof group);
        printf("%s on %s, sync id %u\n", role, it.interface, (unsigned)it.sync_id);
        printf("    to %s port %u\n", group, (unsigned)it.port);
        printf("    up to %u bytes a message, time to live %u\n", (unsigned)it.max_length,
               (unsigned)it.ttl);
    }
    ipvs_daemon_list_free(list);
    return status;
}

bool play(char **words, ipvs_error **error)
{
    ipvs_client *ipvs = NULL;
    ipvs_daemon daemon = IPVS_DAEMON_INIT;
    char text[128];
    size_t count;
    bool well = false;

    if (!words[1] || !words[2] || !words[3])
        return complain("usage: sync master|backup INTERFACE SYNC-ID");
    snprintf(text, sizeof text, "%s %s sync-id %s", words[1], words[2], words[3]);
    if (ipvs_daemon_parse(text, &daemon, error) || ipvs_client_open(NULL, &ipvs, error)
        || ipvs_client_start_daemon(ipvs, &daemon, error))
        goto out;
    well = running(ipvs, true, &count, error) == IPVS_OK;
    for (int c = well ? puts("Enter stops it.") : EOF; c != '\n' && c != EOF; c = getchar()) {}
    if (ipvs_client_stop_daemon(ipvs, daemon.role, well ? error : NULL))
        well = false;
    if (well && (well = running(ipvs, false, &count, error) == IPVS_OK))
        printf("stopped; %zu running\n", count);

out:
    ipvs_client_free(ipvs);
    return well;
}

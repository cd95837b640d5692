/*
 *     ./list                         this network namespace's table
 *     ./list /run/netns/blue         another one's
 *
 * Prints the IPVS table as `ipvsadm -Ln` does; table.c lays it out.
 */
#include "story.h"

bool play(char **words, ipvs_error **error)
{
    ipvs_client_options options = IPVS_CLIENT_OPTIONS_INIT;
    ipvs_client *ipvs = NULL;
    ipvs_snapshot *snapshot = NULL;
    bool well = false;

    if (words[1] != NULL) {
        options.namespace_source = IPVS_NAMESPACE_PATH;
        options.namespace_path = words[1];
    }
    /* Read until two readings agree: services and dests sorted, timeouts, daemons. */
    if (ipvs_client_open(&options, &ipvs, error)
        || ipvs_client_snapshot(ipvs, &snapshot, error)
        || print_banner(snapshot, error))
        goto out;
    print_titles();
    well = print_body(snapshot, error) == IPVS_OK;

out:
    ipvs_snapshot_free(snapshot);
    ipvs_client_free(ipvs);
    return well;
}

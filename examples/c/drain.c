/*
 *     ./drain 'tcp 192.0.2.1:80' 10.0.3.100:8080 60
 *
 * Lets a real server leave: new connections go elsewhere at once; it is removed when those it
 * has are gone, or after so many seconds. Killed and run again, it goes on where it was.
 */
#include "story.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

bool play(char **words, ipvs_error **error)
{
    ipvs_service_key service;
    ipvs_dest_key dest;
    ipvs_drain_options options = IPVS_DRAIN_OPTIONS_INIT;
    ipvs_drain_state now = IPVS_DRAIN_STATE_INIT;
    ipvs_client *ipvs = NULL;
    ipvs_drain *leaving = NULL;
    unsigned long patience;
    bool well = false;

    if (!words[1] || !words[2] || !words[3])
        return complain("which service, which real server, how many seconds?");
    if (!read_number(words[3], &patience))
        return false;
    options.deadline_unix_seconds = (uint64_t)time(NULL) + patience;
    if (ipvs_client_open(NULL, &ipvs, error)
        || ipvs_service_key_parse(words[1], &service, error)
        || ipvs_dest_key_parse(words[2], &dest, error)
        || ipvs_drain_new(&service, &dest, &options, &leaving, error))
        goto out;

    while (ipvs_drain_step(leaving, ipvs, &now, error) == IPVS_OK
           && now.state == IPVS_DRAIN_WAITING) {
        printf("%s has %u connections, and gets no new ones\n", words[2],
               (unsigned)(now.active_connections + now.inactive_connections));
        sleep(1);
    }
    well = *error == NULL && now.state == IPVS_DRAIN_REMOVED;
    if (well)
        printf("%s is gone\n", words[2]);
    else if (*error == NULL)
        complain(now.state == IPVS_DRAIN_GONE ? "somebody else removed it" : "it has a weight again");

out:
    ipvs_drain_free(leaving);
    ipvs_client_free(ipvs);
    return well;
}

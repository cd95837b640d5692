/*
 *     ./balance
 *
 * Makes a web service with two real servers, shifts the load from one to the other, shows the
 * table each time, and takes it all away again.
 */
#include "story.h"

#include <stdio.h>

static ipvs_status show(const char *caption, const ipvs_client *ipvs, ipvs_error **error)
{
    ipvs_snapshot *snapshot = NULL;
    ipvs_status status = ipvs_client_snapshot(ipvs, &snapshot, error);

    puts(caption);
    if (status == IPVS_OK)
        status = print_body(snapshot, error);
    ipvs_snapshot_free(snapshot);
    return status;
}

static ipvs_status shift(const ipvs_client *ipvs, const ipvs_service_key *web, ipvs_error **error)
{
    ipvs_dest first = IPVS_DEST_INIT, second = IPVS_DEST_INIT;
    ipvs_dest_edit edit = IPVS_DEST_EDIT_INIT;
    ipvs_status status;

    if ((status = ipvs_dest_parse("198.51.100.1:8080 masquerade weight 3", &first, error))
        || (status = ipvs_dest_parse("198.51.100.2:8080 masquerade", &second, error))
        || (status = ipvs_client_add_dest(ipvs, web, &first, error))
        || (status = ipvs_client_add_dest(ipvs, web, &second, error))
        || (status = show("Three of four connections go to the first server:", ipvs, error)))
        return status;
    /* An edit changes the given fields and keeps all others. */
    edit.set = IPVS_DEST_EDIT_WEIGHT;
    edit.weight = 0;
    if ((status = ipvs_client_edit_dest(ipvs, web, &first.key, &edit, NULL, error)))
        return status;
    return show("The first takes no new ones; those it has go on:", ipvs, error);
}

bool play(char **words, ipvs_error **error)
{
    ipvs_client *ipvs = NULL;
    ipvs_service web = IPVS_SERVICE_INIT;
    bool well = false;

    (void)words;
    /* If somebody has this service already, this is IPVS_ALREADY_EXISTS, and theirs stays. */
    if (ipvs_client_open(NULL, &ipvs, error)
        || ipvs_service_parse("tcp 192.0.2.1:80 scheduler wrr", &web, error)
        || ipvs_client_add_service(ipvs, &web, error))
        goto out;
    well = shift(ipvs, &web.key, error) == IPVS_OK;
    /* Its dests go with it. */
    if (ipvs_client_remove_service(ipvs, &web.key, well ? error : NULL))
        well = false;

out:
    ipvs_client_free(ipvs);
    return well;
}

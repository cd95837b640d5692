// Counts the established connections of every dest there is:
static ipvs_status count(const ipvs_client *client, unsigned long *active, ipvs_error **error)
{
    ipvs_snapshot *seen = NULL;
    ipvs_dest_entry entry = IPVS_DEST_ENTRY_INIT;
    ipvs_status status = ipvs_client_list(client, &seen, error);

    *active = 0;
    for (size_t s = 0; s < ipvs_snapshot_services_length(seen); s++)
        for (size_t d = 0; d < ipvs_snapshot_dests_length(seen, s); d++)
            if (ipvs_snapshot_dest_at(seen, s, d, &entry, NULL) == IPVS_OK)
                *active += entry.active_connections;
    ipvs_snapshot_free(seen);
    return status;
}

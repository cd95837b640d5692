// Prints what ipvsadm-save would:
static ipvs_status save(const ipvs_client *client, ipvs_error **error)
{
    ipvs_snapshot *seen = NULL;
    ipvs_table *table = NULL;
    ipvs_text *rules = NULL;
    ipvs_status status = ipvs_client_snapshot(client, &seen, error);

    if (status == IPVS_OK)
        status = ipvs_snapshot_table(seen, &table, error);
    if (status == IPVS_OK)
        status = ipvs_table_to_rules(table, 0, &rules, error);
    fputs(ipvs_text_data(rules), stdout);
    ipvs_text_free(rules);
    ipvs_table_free(table);
    ipvs_snapshot_free(seen);
    return status;
}

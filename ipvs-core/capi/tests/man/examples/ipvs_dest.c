// Adds a real server, and then gives it another weight, which leaves the rest as it is:
static ipvs_status enlarge(const ipvs_client *client, const ipvs_service_key *web,
                           ipvs_error **error)
{
    ipvs_dest server = IPVS_DEST_INIT;
    ipvs_dest_edit edit = IPVS_DEST_EDIT_INIT;
    ipvs_status status;

    status = ipvs_dest_parse("10.0.3.100:8080 masquerade weight 3", &server, error);
    if (status == IPVS_OK)
        status = ipvs_client_add_dest(client, web, &server, error);
    edit.set = IPVS_DEST_EDIT_WEIGHT;
    edit.weight = 5;
    if (status == IPVS_OK)
        status = ipvs_client_edit_dest(client, web, &server.key, &edit, NULL, error);
    return status;
}

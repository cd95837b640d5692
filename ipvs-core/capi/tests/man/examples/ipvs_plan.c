// Tells what would be changed below 192.0.2.0/24, and changes nothing:
static ipvs_status preview(const ipvs_client *client, const ipvs_table *wanted,
                           ipvs_error **error)
{
    ipvs_scope *ours = ipvs_scope_nothing();
    ipvs_plan *plan = NULL;
    ipvs_text *text = NULL;
    ipvs_address network;
    ipvs_status status = ipvs_address_parse("192.0.2.0", &network, error);

    if (status == IPVS_OK)
        status = ipvs_scope_add_prefix(ours, &network, 24, error);
    if (status == IPVS_OK)
        status = ipvs_client_plan(client, wanted, ours, &plan, error);
    if (status == IPVS_OK)
        status = ipvs_plan_to_text(plan, &text, error);
    fputs(ipvs_text_data(text), stdout);
    ipvs_text_free(text);
    ipvs_plan_free(plan);
    ipvs_scope_free(ours);
    return status;
}

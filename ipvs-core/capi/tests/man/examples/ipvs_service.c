// Prints every service and how many connections it has had:
static ipvs_status print_services(const ipvs_client *client, ipvs_error **error)
{
    ipvs_service_list *list = NULL;
    ipvs_service_entry entry = IPVS_SERVICE_ENTRY_INIT;
    char text[256];
    ipvs_status status = ipvs_client_services(client, &list, error);

    for (size_t i = 0; status == IPVS_OK && i < ipvs_service_list_length(list); i++) {
        status = ipvs_service_list_at(list, i, &entry, error);
        if (status == IPVS_OK) {
            ipvs_service_format(&entry.service, text, sizeof text);
            printf("%s: %llu\n", text, (unsigned long long)entry.stats.connections);
        }
    }
    ipvs_service_list_free(list);
    return status;
}

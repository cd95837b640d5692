// A table of one service with one real server:
static ipvs_status wanted(ipvs_table *table, ipvs_error **error)
{
    ipvs_service web = IPVS_SERVICE_INIT;
    ipvs_dest server = IPVS_DEST_INIT;
    size_t place = 0;
    ipvs_status status = ipvs_service_parse("tcp 192.0.2.1:80 scheduler wrr", &web, error);

    if (status == IPVS_OK)
        status = ipvs_table_add_service(table, &web, &place, error);
    if (status == IPVS_OK)
        status = ipvs_dest_parse("10.0.3.100:8080 masquerade", &server, error);
    if (status == IPVS_OK)
        status = ipvs_table_add_dest(table, place, &server, error);
    return status;
}

// A test of a program's own function, without root, on a kernel of another release:
static ipvs_status test(ipvs_status (*function)(const ipvs_client *), ipvs_error **error)
{
    ipvs_fake_options options = IPVS_FAKE_OPTIONS_INIT;
    ipvs_fake_fault fault = IPVS_FAKE_FAULT_INIT;
    ipvs_fake_kernel *kernel = NULL;
    ipvs_client *client = NULL;
    ipvs_status status;

    options.release = "5.10.0";
    status = ipvs_fake_kernel_new(&options, &kernel, error);
    if (status == IPVS_OK)
        status = ipvs_fake_kernel_client(kernel, NULL, &client, error);
    /* The next answer will not fit the receive buffer. */
    fault.what = IPVS_FAULT_OVERRUN;
    if (status == IPVS_OK)
        status = ipvs_fake_kernel_inject(kernel, &fault, error);
    if (status == IPVS_OK && function(client) != IPVS_OVERRUN)
        status = IPVS_INTERNAL;
    ipvs_client_free(client);
    ipvs_fake_kernel_free(kernel);
    return status;
}

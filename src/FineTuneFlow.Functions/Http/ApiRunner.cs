using FineTuneFlow.Api.Http;
using FineTuneFlow.Functions.Durable;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Functions.Http;

/// <summary>Runs the API's handlers, those that the local host runs, inside HTTP-triggered functions.</summary>
public sealed class ApiRunner(CurrentDurableClient durable, ILogger<ApiRunner> logger)
{
    public Task<IResult> RunAsync<THandler>(HttpRequest request, DurableTaskClient client, FunctionContext context)
        where THandler : IApiHandler
    {
        durable.Use(client);
        return ApiCall.RunAsync(context.InstanceServices.GetRequiredService<THandler>(), request, logger, request.HttpContext.RequestAborted);
    }
}

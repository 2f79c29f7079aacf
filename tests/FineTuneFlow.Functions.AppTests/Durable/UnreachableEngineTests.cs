using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Durable;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Functions.AppTests.Durable;

public sealed class UnreachableEngineTests
{
    private static readonly OrchestrationName<string, string> Pass = new(nameof(Pass));

    [Fact]
    public async Task An_engine_that_cannot_be_reached_is_unavailable_whatever_is_asked_of_it()
    {
        ServiceCollection nowhere = new();
        nowhere.AddHttpClient();
        nowhere.AddDurableTaskClient(builder => builder.UseGrpc("http://127.0.0.1:9"));
        await using ServiceProvider services = nowhere.BuildServiceProvider();
        var client = new DurableFunctionsClient(
            () => services.GetRequiredService<IDurableTaskClientProvider>().GetClient(), services.GetRequiredService<IHttpClientFactory>());

        await Refused(client.StartAsync(Pass, "p-1", "x"));
        await Refused(client.GetAsync("p-1"));
        await Refused(client.QueryAsync(new InstanceQuery()));
        await Refused(client.GetHistoryAsync("p-1"));
        await Refused(client.SuspendAsync("p-1", ""));
    }

    private static async Task Refused(Task act) => (await act.ShouldThrowAsync<FlowException>()).Failure.Kind.ShouldBe(FailureKind.Unavailable);
}

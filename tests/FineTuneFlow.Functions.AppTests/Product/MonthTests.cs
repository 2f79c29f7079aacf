using System.Net.Http.Headers;
using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Tests.Notifying;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>A champion's month over the Functions app's own container: its activities and orchestrations do the runs.</summary>
[Collection(nameof(ProductTests))]
public sealed class MonthTests(Azurite azurite)
{
    [Fact(Timeout = 600_000)]
    public async Task Champions_reasons_notifications_and_costs_of_thirty_days_are_those_of_the_embedded_engine()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-month-");
        await using WebApplication simulator = SimulatorApp.Build(new SimulatorOptions { Urls = "http://127.0.0.1:0", State = folder.FullName, Speed = 20 });
        await simulator.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(simulator.Urls.Single()) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "test-key");
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        await using AppHost app = await AppHost.StartAsync(new Dictionary<string, string?>
        {
            ["TASKHUB_NAME"] = "Month",
            ["NightlySchedule"] = "0 0 2 * * *",
            ["Datasets"] = azurite.ConnectionString,
            ["DefaultProvider"] = "simulator",
            ["Providers__simulator__Kind"] = "simulator",
            ["Providers__simulator__BaseAddress"] = simulator.Urls.Single() + "/v1/",
            ["Providers__simulator__Key"] = "test-key",
            ["Notifications__Url"] = receiver.Address.ToString(),
            ["Notifications__Secret"] = NotifiedReceiver.Secret,
        });
        app.Get<CurrentDurableClient>().Use(app.Client);
        var month = new Month(
            app.Get<IBlobStore>(),
            app.Get<IDurableClient>(),
            app.Get<IProviders>(),
            app.Get<IModelDeployments>(),
            async run =>
            {
                await app.Client.WaitForInstanceCompletionAsync(run, TestContext.Current.CancellationToken);
                return await app.Get<RunReader>().GetAsync(run, TestContext.Current.CancellationToken);
            },
            async model => (await http.DeleteAsync($"/v1/models/{model}", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode());

        string diary = await month.LiveAsync(receiver);

        diary.ReplaceLineEndings("\n").ShouldBe(Month.Expected.ReplaceLineEndings("\n"));
        await simulator.StopAsync(TestContext.Current.CancellationToken);
        folder.Delete(recursive: true);
    }
}

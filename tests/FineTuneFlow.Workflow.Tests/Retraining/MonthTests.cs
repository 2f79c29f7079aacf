using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Tests.Notifying;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>A champion's month on the embedded engine.</summary>
public sealed class MonthTests
{
    [Fact(Timeout = 600_000)]
    public async Task Champions_reasons_notifications_and_costs_of_thirty_days_are_as_written()
    {
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        await using WholeProduct stack = await WholeProduct.StartAsync(
            ("Notifications:Url", receiver.Address.ToString()), ("Notifications:Secret", NotifiedReceiver.Secret));
        var month = new Month(
            stack.Store, stack.Engine, stack.Get<IProviders>(), stack.Get<IModelDeployments>(), stack.EndAsync, model => stack.DeleteAsync($"/v1/models/{model}"));

        string diary = await month.LiveAsync(receiver);

        diary.ReplaceLineEndings("\n").ShouldBe(Month.Expected.ReplaceLineEndings("\n"));
    }
}

using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

public sealed class JobSlotsTests
{
    [Fact]
    public async Task The_queue_is_first_come_first_served_and_names_who_may_go_next()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        JobSlots slots = product.Get<JobSlots>();
        string provider = $"p{Guid.NewGuid():N}";
        CancellationToken stop = TestContext.Current.CancellationToken;

        (await slots.AcquireAsync(provider, "r1", "a", stop)).ShouldBe(0);
        (await slots.AcquireAsync(provider, "r1", "b", stop)).ShouldBe(1);
        (await slots.AcquireAsync(provider, "r2", "a", stop)).ShouldBe(2);
        // Asking again keeps the place.
        (await slots.AcquireAsync(provider, "r2", "a", stop)).ShouldBe(2);

        (await slots.ReleaseAsync(provider, 2, "r1", "a", stop)).ShouldNotBeNull().RunId.ShouldBe("r2");
        (await slots.AcquireAsync(provider, "r2", "a", stop)).ShouldBe(1);
        (await slots.ReleaseAsync(provider, 2, "r1", "a", stop)).ShouldBeNull();
        (await slots.ReleaseAsync(provider, 2, "r1", "b", stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Many_at_once_get_different_places()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        JobSlots slots = product.Get<JobSlots>();
        string provider = $"p{Guid.NewGuid():N}";

        int[] places = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => slots.AcquireAsync(provider, $"r{i}", "a", TestContext.Current.CancellationToken)));

        places.Order().ShouldBe(Enumerable.Range(0, 12));
    }
}

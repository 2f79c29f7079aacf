using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Activities;

public sealed class PrepareDatasetTests
{
    [Fact]
    public async Task A_drop_overwritten_after_the_start_is_refused_and_leaves_no_data_set()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        CancellationToken stop = TestContext.Current.CancellationToken;
        BlobPath drop = RunPaths.Drop("overwritten", "reviews.csv");
        BlobWritten first = await product.Store.WriteBytesAsync(drop, Encoding.UTF8.GetBytes(Reviews.Csv(100)), cancellation: stop);
        const string RunId = "overwritten-0123456789";
        BlobWritten recipe = await product.Store.WriteJsonAsync(RunPaths.Recipe(RunId), RecipeReader.Default, cancellation: stop);
        var run = new RunInput(RunId, "overwritten", first.Ref, recipe.Ref, 1, "drop");
        await product.Store.WriteBytesAsync(drop, Encoding.UTF8.GetBytes(Reviews.Csv(120, seed: 2)), cancellation: stop);

        FlowException refused = await Should.ThrowAsync<FlowException>(() =>
            product.Get<PrepareDataset>().RunAsync(new PrepareDatasetInput(run, new RunPlan([], [], [], 1, 1)), stop));

        refused.Failure.Kind.ShouldBe(FailureKind.DropChanged);
        refused.Failure.Message.ShouldContain("drops/overwritten/reviews.csv");
        await foreach (BlobEntry entry in product.Store.ListAsync(RunPaths.Runs, RunPaths.DatasetPrefix(RunId), stop))
        {
            entry.Path.Name.ShouldBeNull("half a data set was left behind");
        }
    }

    [Fact]
    public async Task A_whole_data_set_is_not_prepared_again()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        CancellationToken stop = TestContext.Current.CancellationToken;
        BlobPath drop = RunPaths.Drop("again", "reviews.csv");
        BlobWritten written = await product.Store.WriteBytesAsync(drop, Encoding.UTF8.GetBytes(Reviews.Csv(100)), cancellation: stop);
        const string RunId = "again-0123456789";
        BlobWritten recipe = await product.Store.WriteJsonAsync(RunPaths.Recipe(RunId), RecipeReader.Default, cancellation: stop);
        var input = new PrepareDatasetInput(new RunInput(RunId, "again", written.Ref, recipe.Ref, 1, "drop"), new RunPlan([], [], [], 1, 1));
        PreparedData prepared = await product.Get<PrepareDataset>().RunAsync(input, stop);

        await product.Store.DeleteAsync(drop, stop);

        PreparedData found = await product.Get<PrepareDataset>().RunAsync(input, stop);
        (found.Train, found.Validation, found.Test).ShouldBe((prepared.Train, prepared.Validation, prepared.Test));
    }
}

using FineTuneFlow.Api.Http;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Datasets;

/// <summary>Profile, findings and quote of a CSV; nothing is started and nothing is kept.</summary>
public sealed class PostDatasetCheck(IntakeOptions intake, EncoderSources encoders) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasFormContentType)
        {
            throw ApiRequest.Invalid("there is no file", "Send multipart/form-data with the CSV as \"file\" and, if you like, a \"recipe\".", "file");
        }

        await using FormUpload form = await FormReader.ReadAsync(request, cancellation);
        Recipe recipe = form.Recipe is null ? RecipeReader.Default : RecipeReader.Read("recipe", form.Recipe);
        DatasetCheckResult result = DatasetCheck.Check(form.FileName, form.Open, intake.Within(recipe.Dataset), cancellation: cancellation);
        Quote quote = DatasetQuote.Make(recipe, result.Profile, result.Rows, await encoders.LookAsync(BaselineGrid.Expand(recipe), cancellation));
        return ApiAnswer.Json(new DatasetCheckAnswer(result.Source, WindowFindings.Add(result.Profile, quote), result.Settings, quote));
    }
}

using System.Collections.Immutable;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Projects;

/// <summary>Reads a recipe as it would be read and tells everything that is wrong with it: for editors, while one types.</summary>
public sealed class PostRecipeCheck : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        RecipeReading reading = RecipeReader.Check("recipe", await request.BytesAsync(ApiRequest.MaxJsonBytes, cancellation));
        return ApiAnswer.Json(new RecipeCheck(reading.Recipe is not null, reading.Problems));
    }
}

/// <param name="Valid">It would be taken.</param>
/// <param name="Problems">Each with its place and remedy.</param>
public sealed record RecipeCheck(bool Valid, ImmutableArray<Failure> Problems);

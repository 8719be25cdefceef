namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>A page by plain HTTP, asked for until it is served: a pod without a readiness probe is ready before its
/// server listens.</summary>
internal static class Page
{
    private static readonly TimeSpan AttemptBound = TimeSpan.FromSeconds(10);

    public static async Task IsServedAsync(string url, Func<string, bool> accept)
    {
        using var http = new HttpClient { Timeout = AttemptBound };
        await Eventually.BecomesAsync($"the page {url}", () => ReadAsync(http, url), accept);
    }

    private static async Task<string> ReadAsync(HttpClient http, string url)
    {
        try
        {
            return await http.GetStringAsync(url);
        }
        catch (Exception refused) when (refused is HttpRequestException or OperationCanceledException)
        {
            return refused.Message;
        }
    }
}

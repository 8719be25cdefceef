using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>Plain HTTP to the API, for what kubectl never sends and for watches followed exactly.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;

    private ApiClient(HttpClient http) => _http = http;

    public Uri Server => _http.BaseAddress!;

    /// <summary>As the user of a kubeconfig: its server, CA and client certificate.</summary>
    /// <param name="kubeconfig">The file.</param>
    /// <param name="multiplexed">All requests by one connection (HTTP/2), which giving one up leaves alone.</param>
    public static ApiClient Of(string kubeconfig, bool multiplexed = false)
    {
        var http = Client(File.ReadAllText(kubeconfig), authenticated: true);
        http.DefaultRequestVersion = multiplexed ? HttpVersion.Version20 : HttpVersion.Version11;
        return new(http);
    }

    /// <summary>Trusts the cluster's CA, but presents no certificate.</summary>
    public static ApiClient Anonymous(string kubeconfig) =>
        new(Client(File.ReadAllText(kubeconfig), authenticated: false));

    public async Task<JsonNode> GetAsync(string path)
    {
        var answer = await SendAsync(HttpMethod.Get, path, null, null);
        Assert.True(answer.Code == HttpStatusCode.OK, $"GET {path}: {answer}");
        return answer.Json!;
    }

    /// <summary>Waits until so many machines take pods: a server answers before its machine is listed as a
    /// node.</summary>
    public Task UntilNodesAreReadyAsync(int count) => Eventually.BecomesAsync(
        $"{count} ready nodes",
        async () => (await GetAsync("/api/v1/nodes"))["items"]!.AsArray().Count(IsReady),
        ready => ready == count);

    public Task<Answer> SendAsync(HttpMethod method, string path, string? body, string? contentType) =>
        SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, []);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, byte[]? body, string? contentType, (string Name, string Value)[] headers,
        TimeSpan? within = null)
    {
        using var request = new HttpRequestMessage(method, path) { Version = _http.DefaultRequestVersion };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }
        using var deadline = new CancellationTokenSource(within ?? RequestTimeout);
        using var response = await _http.SendAsync(request, deadline.Token);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(deadline.Token));
    }

    /// <summary>
    /// The events of a watch, from the line after <paramref name="resourceVersion"/>, until the server ends it or the
    /// token is cancelled. A broken connection ends the sequence too: a watcher then resumes where it was.
    /// </summary>
    /// <param name="path">Of the list.</param>
    /// <param name="resourceVersion">What was seen last.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="broken">Hears that the connection broke, before the server had ended the answer.</param>
    public async IAsyncEnumerable<JsonNode> WatchAsync(
        string path, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellation,
        Action<Exception>? broken = null)
    {
        var query = $"{(path.Contains('?') ? '&' : '?')}watch=true&allowWatchBookmarks=true";
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}{query}&resourceVersion={resourceVersion}");
        using var response =
            await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var text = await response.Content.ReadAsStringAsync(cancellation);
            throw new WatchRefusedException(response.StatusCode, $"watch of {path}: {text}");
        }
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await LineAsync(reader, broken, cancellation) is { } line)
        {
            yield return JsonNode.Parse(line)!;
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string?> LineAsync(
        StreamReader reader, Action<Exception>? broken, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation);
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            broken?.Invoke(cut);
            return null;
        }
    }

    private static bool IsReady(JsonNode? node) => node!["status"]?["conditions"]?.AsArray().Any(condition =>
        condition!["type"]!.GetValue<string>() == "Ready" && condition["status"]!.GetValue<string>() == "True") == true;

    private static HttpClient Client(string kubeconfig, bool authenticated)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(Decoded(kubeconfig, "certificate-authority-data"));
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, errors) =>
            (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0 && IssuedBy(authorities, presented);
        if (authenticated)
        {
            using var pair = X509Certificate2.CreateFromPem(
                Decoded(kubeconfig, "client-certificate-data"), Decoded(kubeconfig, "client-key-data"));
            var usable = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
            handler.SslOptions.ClientCertificates = [usable];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => usable;
        }
        return new(handler) { BaseAddress = new(Value(kubeconfig, "server")), Timeout = Timeout.InfiniteTimeSpan };
    }

    private static bool IssuedBy(X509Certificate2Collection authorities, X509Certificate? presented)
    {
        if (presented is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(new X509Certificate2(presented));
    }

    private static string Decoded(string kubeconfig, string key) =>
        Encoding.ASCII.GetString(Convert.FromBase64String(Value(kubeconfig, key)));

    private static string Value(string kubeconfig, string key) =>
        Regex.Match(kubeconfig, $@"\b{key}""?:\s*""?([^\s""]+)") is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidOperationException($"the kubeconfig has no {key}:\n{kubeconfig}");
}

internal sealed record Answer(HttpStatusCode Code, string Text)
{
    public JsonNode? Json => Text.TrimStart().StartsWith('{') ? JsonNode.Parse(Text) : null;

    public string? Reason => Json?["reason"]?.GetValue<string>();

    public override string ToString() => $"{(int)Code} {(Text.Length > 2000 ? Text[..2000] : Text)}";
}

internal sealed class WatchRefusedException(HttpStatusCode code, string message) : Exception(message)
{
    public HttpStatusCode Code => code;
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Clients;

/// <summary>A client of the API, for commands: what is refused or does not work is told in a sentence.</summary>
internal sealed class ApiConnection : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    private const string Json = "application/json";
    private const string MergePatch = "application/merge-patch+json";

    private readonly HttpClient _http;

    /// <param name="http">With the server's address; disposed with this.</param>
    public ApiConnection(HttpClient http) => _http = http;

    public Uri Server => _http.BaseAddress!;

    public static ApiConnection Open(KubeconfigFile config)
    {
        var handler = HandlerOf(config);
        var http = new HttpClient(handler) { BaseAddress = config.Server, Timeout = AnswerWithin };
        if (config.Token is { } token)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return new ApiConnection(http);
    }

    /// <summary>Shows the user's certificate, and talks to servers of the authority only.</summary>
    public static SocketsHttpHandler HandlerOf(KubeconfigFile config) => new()
    {
        ConnectTimeout = ConnectWithin,
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = config.Certificate is { } certificate ? [certificate] : null,
            CertificateChainPolicy = config.Authorities.Policy(),
        },
    };

    /// <returns>The answer; null when there is no such thing.</returns>
    public async Task<JsonElement?> GetAsync(string path, CancellationToken cancellation)
    {
        var (code, answer) = await SendAsync(HttpMethod.Get, path, null, cancellation);
        return code == HttpStatusCode.NotFound ? null : Accepted(code, answer);
    }

    /// <summary>Of a path that answers something else than JSON.</summary>
    /// <exception cref="ServerStartException">It is refused, or nobody answers.</exception>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellation)
    {
        var (code, text) = await SendTextAsync(HttpMethod.Get, path, null, cancellation);
        Accepted(code, Parse(text));
        return text;
    }

    /// <exception cref="ServerStartException">It is refused, or nobody answers.</exception>
    public async Task<JsonElement> PostAsync(string path, byte[] body, CancellationToken cancellation)
    {
        var (code, answer) = await SendAsync(HttpMethod.Post, path, body, cancellation);
        return Accepted(code, answer);
    }

    /// <summary>Changes some fields of an object (RFC 7386).</summary>
    /// <exception cref="ServerStartException">It is refused, or nobody answers.</exception>
    public async Task PatchAsync(string path, byte[] fields, CancellationToken cancellation)
    {
        var (code, answer) = await SendAsync(HttpMethod.Patch, path, fields, cancellation, MergePatch);
        Accepted(code, answer);
    }

    /// <returns>The status, and what is said of a refusal.</returns>
    /// <exception cref="ServerStartException">Nobody answers.</exception>
    public async Task<(HttpStatusCode Code, string? Message)> TryPostAsync(
        string path, byte[] body, CancellationToken cancellation)
    {
        var (code, answer) = await SendAsync(HttpMethod.Post, path, body, cancellation);
        return (code, Message(answer));
    }

    /// <returns>Whether there was such a thing.</returns>
    public async Task<bool> DeleteAsync(string path, CancellationToken cancellation)
    {
        var (code, answer) = await SendAsync(HttpMethod.Delete, path, null, cancellation);
        if (code == HttpStatusCode.NotFound)
        {
            return false;
        }

        Accepted(code, answer);
        return true;
    }

    /// <summary>Deletes what there has to be.</summary>
    /// <exception cref="ServerStartException">It is refused, or nobody answers.</exception>
    public async Task DeleteOrRefuseAsync(string path, CancellationToken cancellation)
    {
        var (code, answer) = await SendAsync(HttpMethod.Delete, path, null, cancellation);
        Accepted(code, answer);
    }

    public void Dispose() => _http.Dispose();

    private static JsonElement Accepted(HttpStatusCode code, JsonElement answer) =>
        (int)code is >= 200 and < 300
            ? answer
            : throw new ServerStartException(
                $"the cluster refuses: {Message(answer) ?? $"it answers {(int)code}"}");

    private static string? Message(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("message", out var message)
            ? message.GetString()
            : null;

    private async Task<(HttpStatusCode Code, JsonElement Answer)> SendAsync(
        HttpMethod method, string path, byte[]? body, CancellationToken cancellation, string type = Json)
    {
        var (code, text) = await SendTextAsync(method, path, body, cancellation, type);
        return (code, Parse(text));
    }

    private async Task<(HttpStatusCode Code, string Answer)> SendTextAsync(
        HttpMethod method, string path, byte[]? body, CancellationToken cancellation, string type = Json)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            }

            using var response = await _http.SendAsync(request, cancellation);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException failure) when (failure.InnerException is AuthenticationException distrust)
        {
            throw new ServerStartException($"the server at {Server.Authority} is not the cluster's: "
                + $"{distrust.Message} (if its authority was exchanged, this kubeconfig is of before: 'orchestrator "
                + "kubeconfig' on a member prints the new one)", failure);
        }
        catch (HttpRequestException failure)
        {
            throw new ServerStartException($"the API at {Server.Authority} cannot be reached: "
                + $"{FailureWords.Of(failure)} (does the server run? --kubeconfig names another one)", failure);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerStartException($"the API at {Server.Authority} does not answer in time", failure);
        }
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

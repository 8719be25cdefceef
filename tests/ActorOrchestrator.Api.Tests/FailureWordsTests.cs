using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorOrchestrator.Api.Tests;

/// <summary>What .NET throws, not what somebody thinks that it throws.</summary>
public sealed class FailureWordsTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_listens()
    {
        using var listener = Listen(out var port);
        listener.Stop();
        Assert.Equal("the connection was refused: nobody listens there", await SaysAsync($"http://127.0.0.1:{port}"));
    }

    [Fact]
    public async Task A_server_without_TLS()
    {
        using var listener = Listen(out var port);
        var answering = AnswerAsync(listener, "HTTP/1.1 400 Bad Request\r\n\r\n");
        Assert.Equal("what answers there speaks no TLS", await SaysAsync($"https://127.0.0.1:{port}"));
        await answering;
    }

    [Theory]
    [InlineData("http", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")]
    [InlineData("https", "")]
    public async Task A_connection_that_is_ended(string scheme, string begun)
    {
        using var listener = Listen(out var port);
        var answering = AnswerAsync(listener, begun);
        Assert.Equal("the other side has ended the connection", await SaysAsync($"{scheme}://127.0.0.1:{port}"));
        await answering;
    }

    [Fact]
    public async Task An_answer_that_does_not_come()
    {
        using var listener = Listen(out var port);
        using var http = new HttpClient { Timeout = TimeSpan.FromMilliseconds(50) };
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => http.GetAsync(new Uri($"http://127.0.0.1:{port}"), Stop));
        Assert.Equal("it took too long, and was given up", FailureWords.Of(failure));
    }

    /// <summary>RFC 6761 has no names below .invalid.</summary>
    [Fact]
    public async Task A_name_without_an_address() =>
        Assert.StartsWith("no address is found for the name", await SaysAsync("http://db.invalid"),
            StringComparison.Ordinal);

    [Fact]
    public void Files_that_are_not_there()
    {
        var directory = Directory.CreateTempSubdirectory("failure-words-").FullName;
        var (file, below) = (Path.Combine(directory, "a"), Path.Combine(directory, "none", "a"));
        Assert.Equal($"there is no file {file}",
            FailureWords.Of(Assert.Throws<FileNotFoundException>(() => File.ReadAllText(file))));
        Assert.Equal($"there is no file {below}",
            FailureWords.Of(Assert.Throws<DirectoryNotFoundException>(() => File.ReadAllText(below))));
        Assert.StartsWith($"{directory} may not be used by this user",
            FailureWords.Of(Assert.Throws<UnauthorizedAccessException>(() => File.ReadAllText(directory))),
            StringComparison.Ordinal);
        Directory.Delete(directory);
    }

    [Fact]
    public void Sentences_of_ours_stay_as_they_are() => Assert.Equal(
        "the client is lost", FailureWords.Of(new IOException("the client is lost", new TimeoutException())));

    private static TcpListener Listen(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    /// <summary>Takes one connection, reads some of what comes, answers and ends it.</summary>
    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync(Stop);
        var stream = client.GetStream();
        _ = await stream.ReadAsync(new byte[4096], Stop);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Stop);
    }

    private static async Task<string> SaysAsync(string url)
    {
        using var http = new HttpClient();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => http.GetAsync(new Uri(url), Stop));
        return FailureWords.Of(failure);
    }
}

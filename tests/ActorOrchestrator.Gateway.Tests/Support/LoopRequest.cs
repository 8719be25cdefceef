using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ActorOrchestrator.Gateway.Tests.Support;

/// <summary>A request without a network, whose answer has to be read before more of it can be written: so every
/// flush waits.</summary>
internal sealed class LoopRequest
{
    private readonly AnswerBody _body = new();
    private readonly StringBuilder _text = new();

    public LoopRequest(string method, string path, string? body = null, string token = RunningGateway.AdminToken)
    {
        var split = path.Split('?', 2);
        Http = new DefaultHttpContext();
        Http.Features.Set<IHttpResponseBodyFeature>(_body);
        Http.Request.Method = method;
        Http.Request.Path = split[0];
        Http.Request.QueryString = new QueryString(split.Length > 1 ? "?" + split[1] : "");
        Http.Request.Headers.Authorization = $"Bearer {token}";
        Http.Request.ContentType = "application/json";
        Http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body ?? ""));
    }

    public DefaultHttpContext Http { get; }

    public int Code => Http.Response.StatusCode;

    /// <summary>What was answered so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Lets a pipeline answer, and reads on until it has.</summary>
    public async Task ServeAsync(ApiPipeline pipeline)
    {
        var reading = ReadAsync();
        await pipeline.InvokeAsync(Http);
        await _body.CompleteAsync();
        await reading;
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            var read = await _body.Reader.ReadAsync();
            foreach (var piece in read.Buffer)
            {
                _text.Append(Encoding.UTF8.GetString(piece.Span));
            }

            _body.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private sealed class AnswerBody : IHttpResponseBodyFeature
    {
        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));

        public PipeReader Reader => _pipe.Reader;

        public PipeWriter Writer => _pipe.Writer;

        public Stream Stream => _pipe.Writer.AsStream();

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(
            string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("no answer of this product is a file");

        public async Task CompleteAsync() => await _pipe.Writer.CompleteAsync();
    }
}

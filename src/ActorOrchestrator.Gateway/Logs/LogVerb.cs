using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Routing;
using ActorOrchestrator.Gateway.Verbs;

namespace ActorOrchestrator.Gateway.Logs;

/// <summary><c>pods/{name}/log</c>: finds the container and its run, and passes the log on as text.</summary>
internal sealed class LogVerb(ReadVerbs reads, INodeLogs logs, CancellationToken stopping)
{
    private const string Options = "PodLogOptions";

    public async Task GetAsync(ApiRequest request)
    {
        var pod = (Pod)reads.Existing(request);
        var query = QueryOf(request, pod);
        var response = request.Http.Response;
        response.ContentType = "text/plain";
        if (string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            // Nothing ran yet, and Kubernetes answers with an empty log.
            response.ContentLength = 0;
            return;
        }

        query = LoggedRun.Resolve(pod, query);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, stopping);
        switch (await logs.OpenAsync(pod, query, ending.Token))
        {
            case NodeLog.Refused refused:
                response.ContentType = null;
                throw new StatusException(refused.Status);
            case NodeLog.Open open:
                await SendAsync(request, query, open, ending.Token);
                break;
        }
    }

    private static async Task SendAsync(
        ApiRequest request, LogQuery query, NodeLog.Open log, CancellationToken ending)
    {
        var body = request.Http.Response.BodyWriter;
        if (query.Follow)
        {
            await body.FlushAsync(ending);
        }

        try
        {
            await foreach (var piece in log.Bytes.WithCancellation(ending))
            {
                await body.WriteAsync(piece, ending);
            }
        }
        catch (OperationCanceledException)
            when (ending.IsCancellationRequested && !request.Aborted.IsCancellationRequested)
        {
            // The server stops: the followed log ends like one whose container ended.
        }
    }

    private static LogQuery QueryOf(ApiRequest request, Pod pod)
    {
        var seconds = request.Number("sinceSeconds");
        var since = request.Query("sinceTime");
        if (seconds is not null && since is not null)
        {
            throw Failure.Invalid(Options, pod.Metadata.Name, [new FieldError(
                FieldErrorType.Forbidden, "sinceSeconds", null,
                "at most one of `sinceTime` or `sinceSeconds` may be specified")]);
        }

        if (seconds is < 1)
        {
            throw Failure.Invalid(Options, pod.Metadata.Name, [new FieldError(
                FieldErrorType.Invalid, "sinceSeconds", seconds.ToString(), "must be greater than 0")]);
        }

        return new LogQuery(PodContainers.Named(request, pod))
        {
            Follow = request.Flag("follow"),
            Previous = request.Flag("previous"),
            Timestamps = request.Flag("timestamps"),
            TailLines = request.Number("tailLines"),
            LimitBytes = request.Number("limitBytes"),
            Stream = request.Query("stream") ?? "All",
            AgeMax = seconds is { } ago ? TimeSpan.FromSeconds(ago) : null,
            Since = since is null ? null
                : DateTimeOffset.TryParse(since, out var at) ? at
                : throw Failure.BadRequest(
                    $"sinceTime: Invalid value: {FieldError.Quote(since)}: not an RFC 3339 time"),
        };
    }
}

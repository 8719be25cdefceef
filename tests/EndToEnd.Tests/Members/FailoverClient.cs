using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>A client that knows several members: it stays with one, and when a request fails there it asks the next
/// one, once. What fails twice is noted as a failure, and is asked on, so that the run can be judged to its
/// end.</summary>
internal sealed class FailoverClient : IDisposable
{
    private static readonly TimeSpan RequestBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private const int AttemptsMax = 100;

    private readonly IReadOnlyList<ApiClient> _apis;
    private readonly FailoverCounts _counts;
    private int _at;

    /// <param name="members">Those that its kubeconfig names.</param>
    /// <param name="first">The place of the one that it begins with.</param>
    /// <param name="counts">Where it notes what it was told.</param>
    public FailoverClient(IReadOnlyList<ControlMember> members, int first, FailoverCounts counts)
    {
        // Half of the clients have a connection for each request in flight, the others one for all.
        _apis = [.. members.Select(member => ApiClient.Of(member.Kubeconfig, multiplexed: first % 2 == 0))];
        (_at, _counts) = (first % members.Count, counts);
    }

    /// <returns>The answer, and whether an earlier attempt may have done what was asked.</returns>
    public async Task<(Answer Answer, bool MayBeDone)> AskAsync(HttpMethod method, string path, string? body = null)
    {
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var (answer, problem) = await TryAsync(method, path, body);
            if (problem is null)
            {
                _counts.Answered(Stopwatch.GetElapsedTime(began));
                return (answer!, attempt > 1);
            }

            _counts.Failed(attempt, $"{method} {path} at {_apis[_at].Server.Host}", problem);
            if (attempt == AttemptsMax)
            {
                throw new TimeoutException($"{method} {path}: no answer in {attempt} attempts; the last: {problem}");
            }

            _at = (_at + 1) % _apis.Count;
            if (attempt > 1)
            {
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    public void Dispose()
    {
        foreach (var api in _apis)
        {
            api.Dispose();
        }
    }

    private async Task<(Answer? Answer, string? Problem)> TryAsync(HttpMethod method, string path, string? body)
    {
        try
        {
            var answer = await _apis[_at].SendAsync(
                method, path, body is null ? null : Encoding.UTF8.GetBytes(body), "application/json", [], RequestBound);
            return answer.Code is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
                ? (null, $"{(int)answer.Code} {answer.Json?["message"] ?? answer.Text}")
                : (answer, null);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
        {
            return (null, $"{cut.GetType().Name}: {cut.GetBaseException().Message}");
        }
    }
}

/// <summary>What clients were told, all together.</summary>
internal sealed class FailoverCounts
{
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<string, int> _retries = new();
    private readonly ConcurrentQueue<double> _seconds = new();
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>Requests that another member had to be asked for more than once.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public int Retries => _retries.Values.Sum();

    public void Answered(TimeSpan took) => _seconds.Enqueue(took.TotalSeconds);

    /// <param name="attempt">Of the request, from 1.</param>
    /// <param name="request">What was asked, and where.</param>
    /// <param name="problem">What came of it.</param>
    public void Failed(int attempt, string request, string problem)
    {
        if (attempt == 1)
        {
            _retries.AddOrUpdate(problem, 1, (_, before) => before + 1);
        }
        else
        {
            _failures.Enqueue(string.Create(CultureInfo.InvariantCulture,
                $"{Stopwatch.GetElapsedTime(_began).TotalSeconds:0.0} s, attempt {attempt}: {request}: {problem}"));
        }
    }

    public IEnumerable<string> Report()
    {
        var seconds = _seconds.Order().ToList();
        double Share(double share) => seconds[(int)Math.Round(share * (seconds.Count - 1))] * 1000;
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{seconds.Count} requests, {Retries} retried at another member, {_failures.Count} failures; "
            + $"with retries: median {Share(0.5):0} ms, p99 {Share(0.99):0} ms, longest {Share(1):0} ms");
        foreach (var (kind, count) in _retries.OrderByDescending(each => each.Value))
        {
            yield return $"  {count} retried: {kind}";
        }
    }
}

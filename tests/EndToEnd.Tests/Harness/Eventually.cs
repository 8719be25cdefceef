using System.Diagnostics;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>
/// Waits for what another process must bring about, by asking it again and again. The bounds are generous: a slow
/// machine must not fail a test, only a state that never comes.
/// </summary>
internal static class Eventually
{
    public static readonly TimeSpan DefaultBound = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <returns>The first value that is accepted.</returns>
    public static async Task<T> BecomesAsync<T>(
        string what, Func<Task<T>> read, Func<T, bool> accept, TimeSpan? within = null)
    {
        var bound = within ?? DefaultBound;
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (accept(value))
            {
                return value;
            }

            if (watch.Elapsed > bound)
            {
                throw new TimeoutException($"waited {bound.TotalSeconds:0} s for {what}; last seen: {Show(value)}");
            }

            await Task.Delay(Interval);
        }
    }

    public static Task HoldsAsync(string what, Func<Task<bool>> holds, TimeSpan? within = null) =>
        BecomesAsync(what, holds, value => value, within);

    public static Task HoldsAsync(string what, Func<bool> holds, TimeSpan? within = null) =>
        BecomesAsync(what, () => Task.FromResult(holds()), value => value, within);

    private static string Show<T>(T value) =>
        value is System.Collections.IEnumerable items and not string
            ? string.Join(", ", items.Cast<object?>())
            : value?.ToString() ?? "nothing";
}

import { ApiProblem, type Problem } from "./problem";
import { apiKey, session } from "./session";

/** Sends a form and tells how much of it is gone; fetch cannot tell that. */
export function upload<T>(address: string, form: FormData, progress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", (session.value?.api ?? "/api") + address.slice("/api".length));
    request.setRequestHeader("X-FineTuneFlow-Page", "1");
    if (apiKey.value) request.setRequestHeader("x-functions-key", apiKey.value);
    request.responseType = "json";
    request.upload.onprogress = (event) => progress(event.total > 0 ? event.loaded / event.total : 0);
    request.onerror = () => reject(new TypeError("The host does not answer."));
    request.onload = () => {
      if (request.status < 300) resolve(request.response as T);
      else if (request.response?.title) reject(new ApiProblem(request.response as Problem));
      else reject(new Error(`The host answered ${request.status}.`));
    };
    request.send(form);
  });
}

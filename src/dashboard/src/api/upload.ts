import { ApiProblem, type Problem } from "./problem";
import { apiKey, session } from "./session";

/** Bytes of a body that the host of Azure Functions takes; it refuses a longer one before our code is asked. */
const FUNCTIONS_BODY = 104_857_600;

/** Sends a form and tells how much of it is gone; fetch cannot tell that. */
export function upload<T>(address: string, form: FormData, progress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", (session.value?.api ?? "/api") + address.slice("/api".length));
    request.setRequestHeader("X-FineTuneFlow-Page", "1");
    if (apiKey.value) request.setRequestHeader("x-functions-key", apiKey.value);
    request.responseType = "json";
    let size = 0;
    request.upload.onprogress = (event) => {
      size = event.total;
      progress(event.total > 0 ? event.loaded / event.total : 0);
    };
    request.onerror = () => reject(size > FUNCTIONS_BODY ? tooLong() : new TypeError("The host does not answer."));
    request.onload = () => {
      if (request.status < 300) resolve(request.response as T);
      else if (request.response?.title) reject(new ApiProblem(request.response as Problem));
      else reject(size > FUNCTIONS_BODY ? tooLong() : new Error(`The host answered ${request.status}.`));
    };
    request.send(form);
  });
}

function tooLong(): Error {
  return new Error(
    "The host takes no file of more than 100 MB this way. Copy it into its storage, as drops/PROJECT/NAME, which starts the run as well.",
  );
}
